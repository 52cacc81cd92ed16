// Chat templates render as jinja2 does under transformers: the templates of real models on conversations of all kinds,
// and thousands of templates made up by a grammar. chat_cases.py makes the cases.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tokenizers/chat/chat_template.hpp"

namespace weir {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string variable(const char* name, const std::string& fallback) {
  const char* set = std::getenv(name);
  return set != nullptr ? set : fallback;
}

// What this engine leaves out, each with a message of its own.
bool is_refusal(const std::string& message) {
  for (const char* reason : {"is not supported", "are not supported", "beyond 127 bits", "too many steps",
                             "too much memory", "may not have more than"})
    if (message.find(reason) != std::string::npos) return true;
  return false;
}

struct Count {
  size_t equal = 0, both_fail = 0, refused = 0, wrong = 0;
};

class ChatDifferential : public ::testing::Test {
 protected:
  void check_all(std::istream& in) {
    std::string line;
    while (std::getline(in, line)) {
      const json entry = json::parse(line);
      if (entry.contains("source")) {
        source_ = entry["source"];
        name_ = entry["name"];
      } else {
        check(entry);
      }
    }
  }

  void check(const json& entry) {
    const auto text = [&](const char* name) { return entry.value(name, std::string()); };
    Count& count = name_.rfind("made ", 0) == 0 ? made_ : real_;
    auto made = ChatTemplate::parse(source_, entry.value("tokens", std::map<std::string, std::string>()));
    Result<std::string> got = fail(ErrorCode::internal, "");
    if (made) {
      const std::string tools = text("tools"), documents = text("documents"), variables = text("variables");
      ChatOptions options;
      options.add_generation_prompt = entry.value("prompt", false);
      options.continue_final_message = entry.value("continue", false);
      options.tools = tools;
      options.documents = documents;
      options.variables = variables;
      using namespace std::chrono;
      options.now = local_days(2026y / March / 7) + 9h + 5min + 3s + 42us;
      got = (*made)->render(text("messages"), options);
    } else {
      got = fail(std::move(made.error()));
    }
    const bool expects_text = entry.contains("expected");
    if (expects_text && got && *got == entry["expected"].get<std::string>()) {
      ++count.equal;
    } else if (!expects_text && !got) {
      ++count.both_fail;
    } else if (!got && is_refusal(got.error().message)) {
      ++count.refused;
      ++refusals_[got.error().message.substr(got.error().message.find(": ") + 2)];
    } else {
      ++count.wrong;
      if (shown_++ < 40)
        ADD_FAILURE() << name_ << (name_.rfind("made ", 0) == 0 ? "\n" + source_ : "") << "\n"
                      << (name_.rfind("made ", 0) == 0
                              ? json{{"expected", entry.value("expected", json())}, {"error", text("error")}}
                              : entry)
                             .dump(-1, ' ', true)
                             .substr(0, 700)
                      << "\nhere: " << (got ? json(*got).dump() : "error " + got.error().message);
    }
  }

  std::string source_, name_;
  Count real_, made_;
  std::map<std::string, size_t> refusals_;
  int shown_ = 0;
};

TEST_F(ChatDifferential, RendersAsJinja2) {
  const std::string cache = variable("WEIR_CACHE", std::string(WEIR_SOURCE_DIR) + "/.cache");
  const std::string python = cache + "/venv/bin/python", templates = cache + "/tokenizers";
  const std::string ready = "run tools/setup --for test";
  ASSERT_TRUE(fs::exists(python)) << "there is no " << python << ": " << ready;
  ASSERT_TRUE(fs::exists(templates + "/templates")) << "there is no " << templates << "/templates"
                                                    << ": " << ready;
  const fs::path cases = fs::temp_directory_path() / fmt::format("weir-chat-cases-{}.jsonl", ::getpid());
  const std::string count = variable("WEIR_CHAT_TEMPLATES", "4000"), seed = variable("WEIR_CHAT_SEED", "1");
  const std::string command = fmt::format("'{}' '{}/tests/tokenizers/chat/chat_cases.py' '{}' '{}' {} {}", python,
                                          WEIR_SOURCE_DIR, cases.string(), templates, count, seed);
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream in(cases);
  check_all(in);
  fs::remove(cases);
  const auto show = [](const char* what, const Count& n) {
    fmt::print("{}: {} equal, {} fail in both, {} refused here, {} wrong\n", what, n.equal, n.both_fail, n.refused,
               n.wrong);
  };
  show("real templates", real_);
  show("made templates", made_);
  for (const auto& [message, times] : refusals_) fmt::print("  refused {} times: {}\n", times, message);
  EXPECT_GT(real_.equal, 1000u);
  EXPECT_EQ(real_.refused, 0u);
  EXPECT_LT(made_.refused * 10, made_.equal);
}

}  // namespace
}  // namespace weir
