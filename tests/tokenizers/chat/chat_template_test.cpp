// Chat templates: whitespace, scopes, errors with their line, bounds, files. That rendering equals jinja2's on real
// templates and on thousands of made ones is chat_differential_test.cpp's.
#include "tokenizers/chat/chat_template.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/golden/temp_dir.hpp"

namespace weir {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* hello = R"([{"role": "user", "content": "Hi"}])";

std::string render(std::string_view source, std::string_view messages = hello, const ChatOptions& options = {}) {
  const auto made = ChatTemplate::parse(source, {{"bos_token", "<s>"}, {"eos_token", "</s>"}});
  if (!made) return "load: " + made.error().message;
  const auto text = (*made)->render(messages, options);
  return text ? *text : "error: " + text.error().message;
}

// Our own templates, with what jinja2 made of them (goldens.py).
TEST(ChatTemplate, RendersTheGoldens) {
  std::ifstream in(std::string(WEIR_SOURCE_DIR) + "/tests/tokenizers/chat/goldens.json");
  const auto goldens = nlohmann::json::parse(in);
  for (const auto& golden : goldens) {
    const std::string source = golden["source"];
    for (const auto& one : golden["cases"]) {
      const std::string messages = one["messages"], variables = one["variables"];
      ChatOptions options;
      options.add_generation_prompt = one["prompt"];
      options.variables = variables;
      const std::string expected = one.contains("expected") ? one["expected"].get<std::string>() : "";
      const std::string got = render(source, messages, options);
      if (one.contains("expected")) {
        EXPECT_EQ(got, expected) << source << "\n" << messages;
      } else {
        EXPECT_THAT(got, HasSubstr("error: ")) << source << "\n" << messages;
      }
    }
  }
  EXPECT_GT(goldens.size(), 20u);
}

TEST(ChatTemplate, SaysWhereATemplateIsWrong) {
  EXPECT_EQ(render("a\n{% if x %}\n"), "load: chat template: line 2: 'endif' is missing");
  EXPECT_THAT(render("\n\n{{ x y }}"), HasSubstr("line 3: expected '}}', got 'y'"));
  EXPECT_THAT(render("{% include 'x' %}"), HasSubstr("line 1: the tag 'include' is not supported"));
  EXPECT_THAT(render("\n{{ x|groupby('a') }}"), HasSubstr("line 2: the filter 'groupby' is not supported"));
  EXPECT_THAT(render("{{ x|nothing }}"), HasSubstr("line 1: there is no filter 'nothing'"));
  EXPECT_THAT(render("{% for x in y recursive %}{% endfor %}"), HasSubstr("recursive loops are not supported"));
  EXPECT_THAT(render("{% break %}"), HasSubstr("outside of a loop"));
  EXPECT_THAT(render("{{ 'abc }}"), HasSubstr("a string has no end"));
  EXPECT_THAT(render("{{ \xff }}"), HasSubstr("is not UTF-8"));
  EXPECT_THAT(render("{{ (1 }}"), HasSubstr("unexpected '}', expected ')'"));
}

TEST(ChatTemplate, SaysWhereRenderingFails) {
  EXPECT_EQ(render("\n{{ raise_exception('only users') }}"), "error: chat template: line 2: only users");
  EXPECT_THAT(render("{{ missing.x }}"), HasSubstr("line 1: 'missing' is undefined"));
  EXPECT_THAT(render("{{ messages[0].tools.x }}"), HasSubstr("'dict object' has no attribute 'tools'"));
  EXPECT_THAT(render("{{ 'é'.isidentifier() }}"), HasSubstr("beyond ASCII is not supported"));
  EXPECT_THAT(render("{{ messages.append(1) }}"), HasSubstr("access to attribute 'append' of 'list' object is unsafe"));
  EXPECT_THAT(render("{{ ''.__class__.mro() }}"),
              HasSubstr("access to attribute '__class__' of 'str' object is unsafe"));
  EXPECT_THAT(render("{% if false %}{{ x|nothing }}{% endif %}{{ 1 + 'a' }}"),
              HasSubstr("unsupported operand types for +"));
}

TEST(ChatTemplate, RefusesMessagesOfAnotherShape) {
  EXPECT_THAT(render("x", "[]"), HasSubstr("messages: there is none"));
  EXPECT_THAT(render("x", "{}"), HasSubstr("messages: should be a JSON list"));
  EXPECT_THAT(render("x", "[{}, 1]"), HasSubstr("messages/1: should be a JSON object"));
  EXPECT_THAT(render("x", "[{]"), HasSubstr("messages: is no JSON at byte"));
  EXPECT_THAT(render("x", std::string(100'000, '[')), HasSubstr("nests more than 500 deep"));
  ChatOptions options;
  options.tools = "[1]";
  EXPECT_THAT(render("x", hello, options), HasSubstr("tools/0: should be a JSON object"));
}

TEST(ChatTemplate, NamesMacrosAsJinja2Does) {
  EXPECT_EQ(render("{% macro m() %}{{ kwargs }}{% endmacro %}{{ m }}{% call m() %}{% endcall %}"),
            "<Macro 'm'>{'caller': <Macro anonymous>}");
}

TEST(ChatTemplate, LeavesJinjaInMessagesAlone) {
  EXPECT_EQ(render("{{ messages[0].content }}", R"([{"content": "{{ 7 * 7 }}{% endfor %}{# x"}])"),
            "{{ 7 * 7 }}{% endfor %}{# x");
}

TEST(ChatTemplate, KeepsIntegersAndTheOrderOfMembers) {
  EXPECT_EQ(render("{{ messages[0].content }}",
                   R"([{"content": {"z": 18446744073709551615, "a": -9223372036854775808, "m": 1e2}}])"),
            "{'z': 18446744073709551615, 'a': -9223372036854775808, 'm': 100.0}");
  EXPECT_EQ(render("{{ messages[0].content|tojson }}", R"([{"content": {"b": 1, "a": [true, null, "ü<"], "b": 2}}])"),
            R"({"b": 2, "a": [true, null, "ü<"]})");
}

TEST(ChatTemplate, ContinuesTheFinalMessage) {
  const char* source =
      "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content|trim }}</{{ m.role }}>{% endfor %}";
  ChatOptions options;
  options.continue_final_message = true;
  EXPECT_EQ(render(source, R"([{"role": "a", "content": "x"}, {"role": "b", "content": "to be "}])", options),
            "<s><a>x</a><b>to be");
  EXPECT_THAT(render("{{ messages[0].role }}", hello, options), HasSubstr("the template reads no content"));
  options.add_generation_prompt = true;
  EXPECT_THAT(render(source, hello, options), HasSubstr("exclude each other"));
}

TEST(ChatTemplate, ShowsTheTimeItIsGiven) {
  using namespace std::chrono;
  ChatOptions options;
  options.now = local_days(2024y / July / 4) + 8h + 5min;
  EXPECT_EQ(render("{{ strftime_now('%d %b %Y %H:%M%z') }}", hello, options), "04 Jul 2024 08:05");
}

// None of these may take long or much: the bounds stop them.
TEST(ChatTemplate, BoundsWhatATemplateCosts) {
  const std::string deep(150, '('), closed(150, ')');
  for (const std::string& source : {
           std::string("{{ 'x' * 10000000000 }}"),
           std::string("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}"),
           std::string("{{ range(1000000)|list }}"),
           std::string("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
           std::string("{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x, ns.x] %}{% "
                       "endfor %}{{ ns.x }}"),
           std::string("{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}"),
           std::string(
               "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}"),
           std::string("{% set ns = namespace(x=[1]) %}{% for i in range(100000) %}{% set ns.x = ns.x|map('string') "
                       "%}{% endfor %}{{ ns.x|list }}"),
           std::string("{{ '%99999999999d' % 1 }}"),
           std::string("{{ 'a'.center(10 ** 15) }}"),
           std::string("{{ 10 ** 10 ** 10 }}"),
           "{{ " + std::string(5000, '(') + "1" + std::string(5000, ')') + " }}",
           "{{ 1" +
               [] {
                 std::string sum;
                 for (int i = 0; i < 5000; ++i) sum += " + 1";
                 return sum;
               }() +
               " }}",
       }) {
    const std::string got = render(source);
    EXPECT_TRUE(got.rfind("error: ", 0) == 0 || got.rfind("load: ", 0) == 0) << source.substr(0, 80) << "\n"
                                                                             << got.substr(0, 80);
  }
  EXPECT_EQ(render("{{ " + deep + "1" + closed + " }}"), "1");
}

class ChatFiles : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((dir_.path() / name).parent_path());
    std::ofstream(dir_.path() / name, std::ios::binary) << text;
  }
  std::string load(std::string_view name = {}, std::string_view tools = {}) {
    const auto made = ChatTemplate::load(dir_.path(), name);
    if (!made) return made.error().message;
    ChatOptions options;
    options.tools = tools;
    const auto text = (*made)->render(hello, options);
    return text ? *text : text.error().message;
  }
  golden::TempDir dir_;
};

TEST_F(ChatFiles, ReadsTheConfig) {
  EXPECT_THAT(load(), HasSubstr("has no chat template; add chat_template.jinja"));
  write("tokenizer_config.json",
        R"({"bos_token": {"content": "<b>"}, "chat_template": "{{ bos_token }}{{ eos_token }}", "eos_token": "<e>"})");
  write("special_tokens_map.json", R"({"eos_token": "<E>"})");
  EXPECT_EQ(load(), "<b><E>");
  EXPECT_THAT(load("rag"), HasSubstr("has no chat template 'rag'; name one of: default"));
}

TEST_F(ChatFiles, PicksAmongNamedTemplates) {
  write(
      "tokenizer_config.json",
      R"({"chat_template": [{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "tools"}, {"name": "rag", "template": "{{"}]})");
  EXPECT_EQ(load(), "plain");
  EXPECT_EQ(load("", "[]"), "tools");
  EXPECT_EQ(load("default", "[]"), "plain");
  EXPECT_THAT(load("rag"), AllOf(HasSubstr("tokenizer_config.json"), HasSubstr("line 1")));
}

TEST_F(ChatFiles, PrefersFilesOfTheirOwn) {
  write("tokenizer_config.json", R"({"chat_template": "config"})");
  write("chat_template.jinja", "file");
  write("additional_chat_templates/rag.jinja", "rag file");
  EXPECT_EQ(load(), "file");
  EXPECT_EQ(load("rag"), "rag file");
}

TEST_F(ChatFiles, SaysWhatIsWrongInThem) {
  write("tokenizer_config.json", R"({"chat_template": 5})");
  EXPECT_THAT(load(), HasSubstr("/chat_template"));
  write("tokenizer_config.json", R"({"chat_template": [{"name": "default"}]})");
  EXPECT_THAT(load(), HasSubstr("/chat_template/0/template"));
  write("tokenizer_config.json", R"({"chat_template": "a\n{{", "bos_token": 3})");
  EXPECT_THAT(load(), HasSubstr("/bos_token"));
}

}  // namespace
}  // namespace weir
