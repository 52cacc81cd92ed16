// Every shipped dataflow, and every one that the documentation shows, loads, plans and fits the JSON Schema.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/spec/schema.hpp"
#include "tests/pipeline/spec/fake_context.hpp"
#include "tests/pipeline/spec/schema_validator.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;
using spec_test::fake_context;
using spec_test::lines;
using testing::IsEmpty;

struct Example {
  std::string name;  // file, with the line for blocks of a page
  std::string text;
};

// Fenced yaml blocks that hold a dataflow.
void add_blocks(const fs::path& page, std::vector<Example>& out) {
  std::istringstream in(spec_test::read(page));
  std::string block;
  bool inside = false;
  int number = 0, start = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!inside && line.starts_with("```yaml")) {
      inside = true;
      start = number;
      block.clear();
    } else if (inside && line.starts_with("```")) {
      inside = false;
      if (block.find("dataflow:") != std::string::npos)
        out.push_back({page.string() + ":" + std::to_string(start), block});
    } else if (inside) {
      block += line + "\n";
    }
  }
}

std::vector<Example> examples() {
  std::vector<Example> out;
  for (const auto& file : fs::directory_iterator(WEIR_SOURCE_DIR "/configs"))
    if (file.path().extension() == ".yaml") out.push_back({file.path(), spec_test::read(file.path())});
  for (const char* folder : {"", "/docs", "/configs", "/deploy"}) {
    const fs::path path = std::string(WEIR_SOURCE_DIR) + folder;
    if (!fs::exists(path)) continue;
    for (const auto& file : fs::directory_iterator(path))
      if (file.path().extension() == ".md") add_blocks(file.path(), out);
  }
  return out;
}

TEST(Configs, LoadAndPlan) {
  const auto all = examples();
  EXPECT_GE(all.size(), 6u);
  for (const auto& [name, text] : all) {
    const auto plan = load_plan(name, text, fake_context());
    EXPECT_TRUE(plan.has_value()) << lines(plan.error());
  }
}

TEST(Configs, FitTheSchema) {
  const auto schema = nlohmann::json::parse(json_schema(spec_options()));
  for (const auto& [name, text] : examples()) {
    ErrorList errors(name);
    const auto problems = spec_test::validate(schema, spec_test::to_json(parse_yaml(text, errors)));
    EXPECT_THAT(problems, IsEmpty()) << name;
  }
}

// The schema's verdict is that of the loader for what both can see: keys, types, bounds, choices.
TEST(Schema, RefusesWhatTheLoaderRefuses) {
  const auto schema = nlohmann::json::parse(json_schema(spec_options()));
  const std::string good = spec_test::read(WEIR_SOURCE_DIR "/configs/embed.yaml");
  const std::vector<std::pair<std::string, std::string>> slips{
      {"replicas: 2", "replicas: two"},
      {"replicas: 2", "replicas: 0"},
      {"replicas: 2", "replica: 2"},
      {"task: embed", "task: embedding"},
      {"limit: 512MiB", "limit: 512"},
      {"max_tokens: auto", "max_tokens: lots"},
      {"name: embed", "nom: embed"},
      {"actor: pooler", "actor: poller"},
      {"topics: [documents], ", ""},
      {"from: hidden", "form: hidden"},
      {"partitions: 4", "partitions: 0"},
      {"realtime_share: 0.5", "realtime_share: 2"},
      {"at_least_once", "exactly_once"},
      {"format: flatbuffers", "format: avro"},
      {"devices: all", "devices: {all: true}"},
      {"actor: kafka_source", "actor: kafka_source, from: vectors"}};
  for (const auto& [right, wrong] : slips) {
    std::string text = good;
    ASSERT_NE(text.find(right), std::string::npos) << right;
    text.replace(text.find(right), right.size(), wrong);
    ErrorList errors("t.yaml");
    EXPECT_FALSE(spec_test::validate(schema, spec_test::to_json(parse_yaml(text, errors))).empty()) << wrong;
    EXPECT_FALSE(load_plan("t.yaml", text, fake_context()).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace weir
