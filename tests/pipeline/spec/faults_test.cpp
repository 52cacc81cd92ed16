// Every option of the table gets a wrong type, a value out of bounds and a misspelling, and the graph its faults:
// alone, then in random combinations of ten, of which every single one must be reported in its line, and nothing else.
#include <algorithm>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/spec/not_built.hpp"
#include "pipeline/spec/options.hpp"
#include "pipeline/spec/scalar.hpp"
#include "pipeline/spec/section.hpp"
#include "pipeline/spec/stage_shapes.hpp"
#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using spec_test::fake_context;
using spec_test::lines;

struct Line {
  std::string text;
  const Option* option = nullptr;  // that stands in this line
};
using Document = std::vector<Line>;

std::string text_of(const Document& document) {
  std::string out;
  for (const auto& line : document) out += line.text + "\n";
  return out;
}

// A right value for an option of any kind; options that depend on others have theirs in `special`.
std::string right_value(const Option& option, const std::string& stage) {
  static const std::map<std::string, std::string> special{{"from src", ""},
                                                          {"from files", ""},
                                                          {"from tok", "src"},
                                                          {"from bat", "tok"},
                                                          {"from work", "bat"},
                                                          {"from pool", "work"},
                                                          {"from out", "pool"},
                                                          {"from short", "files"},
                                                          {"from file", "short"},
                                                          {"use_activation", ""},
                                                          {"prompt_name", ""},
                                                          {"model", "m"},
                                                          {"dimensions", "64"},
                                                          {"path ", "x/matryoshka"},
                                                          {"devices", "cpu"},
                                                          {"type", "[mean, cls]"},
                                                          {"listen", "127.0.0.1:9100"},
                                                          {"max_tokens", "4096"},
                                                          {"fields", "{text: /a/b}"},
                                                          {"bootstrap.servers", "broker:9092"}};
  for (const auto& key : {std::string(option.name) + " " + stage, std::string(option.name)})
    if (const auto found = special.find(key); found != special.end()) return found->second;
  switch (option.type) {
    case OptionType::string: return fmt::format("some-{}", option.name);
    case OptionType::integer: return fmt::format("{}", static_cast<int64_t>(option.min.value_or(1)));
    case OptionType::number: return fmt::format("{}", option.min.value_or(0.5));
    case OptionType::boolean: return "true";
    case OptionType::size: return write_size(static_cast<int64_t>(*option.min));
    case OptionType::duration: return write_duration(static_cast<int64_t>(*option.min));
    case OptionType::choice:
      return option.name == "format" ? "json" : std::string(split_choices(option.choices).front());
    case OptionType::list: return fmt::format("[one-{}, two]", option.name);
    case OptionType::map: return "";
  }
  return "";
}

class DocumentWriter {
 public:
  Document run() {
    section("file", 0);
    map("kafka", 0);
    section("kafka", 2);
    map("models", 0);
    add(2, "m:");
    section("models.*", 4);
    map("pooler", 4, "models.*");
    section("models.*.pooler", 6);
    for (const auto* name : {"delivery", "memory", "http"}) {
      map(name, 0);
      section(name, 2);
    }
    map("create_topics", 2, "delivery", "  ");
    section("delivery.create_topics", 4);
    map("dataflow", 0);
    const std::vector<std::pair<std::string, std::string>> stages{
        {"src", "kafka_source"},  {"tok", "tokenizer"}, {"bat", "batcher"},
        {"work", "gpu_worker"},   {"pool", "pooler"},   {"out", "kafka_sink"},
        {"files", "file_source"}, {"short", "model"},   {"file", "file_sink"}};
    for (const auto& [name, kind] : stages) stage(name, kind);
    return std::move(document_);
  }

 private:
  void add(int indent, std::string text, const Option* option = nullptr) {
    document_.push_back({std::string(static_cast<size_t>(indent), ' ') + std::move(text), option});
  }

  void map(std::string_view name, int indent, std::string_view section = "file", std::string_view = "") {
    for (const auto& option : spec_options())
      if (option.section == section && option.name == name) {
        // create_topics is written after the other maps: put it back under its own.
        if (section == "delivery") return insert_under_delivery(option);
        return add(indent, fmt::format("{}:", name), &option);
      }
    FAIL() << "no option " << name;
  }

  void insert_under_delivery(const Option& option) {
    const auto at =
        std::find_if(document_.begin(), document_.end(), [](const Line& l) { return l.text == "delivery:"; });
    std::vector<Line> nested{{"  create_topics:", &option}};
    for (const auto& inner : spec_options())
      if (inner.section == "delivery.create_topics")
        nested.push_back({fmt::format("    {}: {}", inner.name, right_value(inner, "")), &inner});
    document_.insert(at + 1, nested.begin(), nested.end());
  }

  void section(std::string_view name, int indent, const std::string& stage = "") {
    if (name == "delivery.create_topics") return;  // written by insert_under_delivery
    for (const auto& option : spec_options()) {
      if (option.section != name || !is_built(option)) continue;
      const auto value = right_value(option, stage);
      const bool again =
          stage == "short" && name == "gpu_worker" && option.name == "model";  // the tokenizer's is the same key
      if (!value.empty() && option.name != "actor" && !again)
        add(indent, fmt::format("{}: {}", option.name, value), &option);
    }
  }

  void stage(const std::string& name, const std::string& kind) {
    add(2, name + ":");
    for (const auto& option : spec_options())
      if (option.section == "stage" && option.name == "actor") add(4, "actor: " + kind, &option);
    for (const auto section_name : find_stage_shape(kind)->sections)
      if (!section_name.empty()) section(section_name, 4, name);
  }

  Document document_;
};

Document right_document() { return DocumentWriter().run(); }

struct Fault {
  std::string what;
  size_t line;       // index into the document; its size: the fault appends a line
  std::string text;  // that stands there instead
};

std::string key_of(const std::string& line) {
  const auto begin = line.find_first_not_of(' ');
  return line.substr(0, line.find(':', begin));
}

std::string wrong_type(const Option& option) {
  switch (option.type) {
    case OptionType::integer:
    case OptionType::number: return "0x10";
    case OptionType::boolean: return "yes";
    case OptionType::size:
    case OptionType::duration: return "64";
    case OptionType::choice: return "[nothing-like-it]";
    case OptionType::string: return "[a, b]";
    case OptionType::list: return "{a: b}";
    case OptionType::map: return "text";
  }
  return "";
}

std::vector<std::string> out_of_bounds(const Option& option) {
  const auto write = [&](double value) {
    if (option.type == OptionType::size) return write_size(static_cast<int64_t>(value));
    if (option.type == OptionType::duration) return write_duration(static_cast<int64_t>(value));
    return option.type == OptionType::integer ? fmt::format("{}", static_cast<int64_t>(value))
                                              : fmt::format("{}", value);
  };
  const double step = option.type == OptionType::number ? 0.001 : 1;
  std::vector<std::string> values;
  if (option.min && (*option.min > 0 || option.type == OptionType::integer || option.type == OptionType::number))
    values.push_back(write(*option.min - step));
  if (option.max) values.push_back(write(*option.max + step));
  if (option.type == OptionType::choice || (option.type == OptionType::list && !option.choices.empty()))
    values.push_back("nothing-like-it");
  return values;
}

std::string misspelled(std::string name) {
  const size_t last = name.size() - 1;
  if (name[last] != name[last - 1])
    std::swap(name[last], name[last - 1]);
  else
    name += name[last];
  return name;
}

std::vector<Fault> option_faults(const Document& document) {
  std::vector<Fault> faults;
  for (size_t i = 0; i < document.size(); ++i) {
    const auto* option = document[i].option;
    if (!option) continue;
    const std::string key = key_of(document[i].text);
    const std::string name = fmt::format("{}.{}", option->section, option->name);
    if (option->type != OptionType::map || option->name == "fields") {
      faults.push_back({name + " has a wrong type", i, key + ": " + wrong_type(*option)});
      for (const auto& value : out_of_bounds(*option))
        faults.push_back({name + " is out of bounds", i, key + ": " + value});
    }
    // A librdkafka property is known by librdkafka alone; without the heading of a mapping its lines mean something
    // else.
    if (option->section == "kafka" || (option->type == OptionType::map && option->name != "fields")) continue;
    const auto value = document[i].text.substr(key.size());
    const auto indent = key.find_first_not_of(' ');
    faults.push_back({name + " is misspelled", i, key.substr(0, indent) + misspelled(key.substr(indent)) + value});
  }
  return faults;
}

// Stages that are wrong, each in a line of its own at the end of the document.
std::vector<std::string> wrong_stages(int n) {
  return {fmt::format("  g{}: {{actor: pooler, from: tok}}", n),
          fmt::format("  g{}: {{actor: tokenizr, from: src}}", n),
          fmt::format("  g{}: {{actor: tokenizer, from: nowhere-at-all}}", n),
          fmt::format("  g{0}: {{actor: tokenizer, from: g{0}}}", n),
          fmt::format("  g{}: {{actor: tokenizer}}", n),
          fmt::format("  g{}: {{from: src}}", n),
          fmt::format("  g{}: {{actor: kafka_sink, from: [pool, short], topic: t}}", n),
          fmt::format("  g{}: {{actor: batcher, from: tok}}", n),
          fmt::format("  g{}: {{actor: file_source, path: x, from: src}}", n),
          fmt::format("  g{}: text", n),
          fmt::format("  g{}: {{actor: kafka_sink, from: pool, topic: \"${{UNSET}}\"}}", n),
          fmt::format("  g{}: {{actor: kafka_sink, from: pool, topic: t, when: task == embed}}", n),
          fmt::format("  g{}: {{actor: gpu_worker, from: bat, devices: [cuda:0]}}", n),
          fmt::format("  g{}: {{actor: tokenizer, from: src, model: nobody}}", n),
          fmt::format("  {}g: {{actor: kafka_sink, from: pool, topic: t}}", n),
          "  tok: {actor: batcher, from: tok}",
          "  none: {actor: kafka_sink, from: pool, topic: t}"};
}

SpecErrors errors_of(const Document& document) {
  const auto plan = load_plan("f.yaml", text_of(document), fake_context());
  return plan ? SpecErrors{} : plan.error();
}

std::set<int> lines_of(const SpecErrors& errors) {
  std::set<int> found;
  for (const auto& error : errors) found.insert(error.line);
  return found;
}

TEST(Faults, OfTheRightDocumentAreNone) {
  const auto document = right_document();
  const auto plan = load_plan("f.yaml", text_of(document), fake_context());
  ASSERT_TRUE(plan.has_value()) << lines(plan.error()) << text_of(document);
  std::set<std::string> seen;
  for (const auto& line : document)
    if (line.option) seen.insert(fmt::format("{}.{}", line.option->section, line.option->name));
  for (const auto& option : spec_options()) {
    const bool left_out = !is_built(option) || option.name == "use_activation" || option.name == "prompt_name" ||
                          (option.section == "gpu_worker" && option.name == "model");
    EXPECT_TRUE(left_out || seen.count(fmt::format("{}.{}", option.section, option.name)))
        << option.section << "." << option.name;
  }
}

TEST(Faults, OfEveryOptionAreFoundAlone) {
  const auto document = right_document();
  const auto faults = option_faults(document);
  EXPECT_GT(faults.size(), 200u);
  for (const auto& fault : faults) {
    Document broken = document;
    broken[fault.line].text = fault.text;
    const auto errors = errors_of(broken);
    EXPECT_EQ(lines_of(errors), std::set<int>{static_cast<int>(fault.line) + 1})
        << fault.what << ": " << fault.text << "\n"
        << lines(errors);
    for (const auto& error : errors) EXPECT_GT(error.column, 0);
    if (!fault.what.ends_with("misspelled")) continue;
    EXPECT_THAT(lines(errors),
                testing::HasSubstr(fmt::format("did you mean '{}'?", document[fault.line].option->name)));
  }
}

TEST(Faults, OfMappingsAreFound) {
  const auto document = right_document();
  for (size_t i = 0; i < document.size(); ++i) {
    const auto* option = document[i].option;
    if (!option || option->type != OptionType::map || option->name == "fields") continue;
    // The heading gets a scalar, its lines go.
    Document broken = document;
    const auto indent = document[i].text.find_first_not_of(' ');
    size_t end = i + 1;
    while (end < document.size() && document[end].text.find_first_not_of(' ') > indent) ++end;
    broken.erase(broken.begin() + static_cast<long>(i) + 1, broken.begin() + static_cast<long>(end));
    broken[i].text += " text";
    const auto errors = errors_of(broken);
    EXPECT_TRUE(lines_of(errors).count(static_cast<int>(i) + 1)) << document[i].text << "\n" << lines(errors);
  }
}

TEST(Faults, OfTheGraphAreFoundAlone) {
  const auto document = right_document();
  for (const auto& stage : wrong_stages(1)) {
    Document broken = document;
    broken.push_back({stage, nullptr});
    const auto errors = errors_of(broken);
    EXPECT_EQ(lines_of(errors), std::set<int>{static_cast<int>(broken.size())}) << stage << "\n" << lines(errors);
  }
}

TEST(Faults, OfTenAtOnceAreAllFound) {
  const auto document = right_document();
  const auto faults = option_faults(document);
  for (uint32_t seed = 0; seed < 1000; ++seed) {
    std::mt19937 random(seed);
    Document broken = document;
    std::set<int> expected;
    std::string what;
    std::set<std::string> used;
    while (expected.size() < 10) {
      if (random() % 3 == 0) {
        const auto stages = wrong_stages(static_cast<int>(broken.size()));
        const auto& stage = stages[random() % stages.size()];
        if (!used.insert(key_of(stage)).second) continue;  // twice the same name is another fault
        broken.push_back({stage, nullptr});
        expected.insert(static_cast<int>(broken.size()));
        what += stage + "\n";
      } else {
        const auto& fault = faults[random() % faults.size()];
        if (!expected.insert(static_cast<int>(fault.line) + 1).second) continue;
        broken[fault.line].text = fault.text;
        what += fmt::format("{}: {}\n", fault.line + 1, fault.what);
      }
    }
    const auto errors = errors_of(broken);
    ASSERT_EQ(lines_of(errors), expected) << "seed " << seed << "\n" << what << lines(errors) << text_of(broken);
  }
}

}  // namespace
}  // namespace weir
