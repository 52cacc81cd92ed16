#include "pipeline/spec/yaml_tree.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

YamlNode parse(std::string_view text, std::string* errors = nullptr) {
  ErrorList list("t.yaml");
  YamlNode node = parse_yaml(text, list);
  const auto found = spec_test::lines(list.take());
  if (errors)
    *errors = found;
  else
    EXPECT_THAT(found, IsEmpty()) << text;
  return node;
}

std::string errors_of(std::string_view text) {
  std::string errors;
  parse(text, &errors);
  return errors;
}

TEST(YamlTree, KeepsPlacesAndText) {
  const auto root = parse("a: 010\nb:\n  c: [no, \"x\"]\n");
  EXPECT_EQ(root.find("a")->text, "010");
  EXPECT_EQ(root.find("a")->at.line, 1);
  EXPECT_EQ(root.find("a")->at.column, 4);
  const auto* list = root.find("b")->find("c");
  ASSERT_EQ(list->items.size(), 2u);
  EXPECT_EQ(list->items[0].text, "no");
  EXPECT_EQ(list->items[1].at.column, 11);
}

TEST(YamlTree, ReportsDuplicateKeysWithBothLines) {
  EXPECT_EQ(errors_of("a: 1\nb: 2\na: 3\n"),
            "t.yaml:3:1: the same key stands in line 1 already: 'a'; remove or rename one\n");
}

TEST(YamlTree, PlacesAnEmptyValueAtItsKey) {
  const auto root = parse("a:\n\n\nb: 1\n");
  EXPECT_EQ(root.find("a")->kind, YamlNode::Kind::null);
  EXPECT_EQ(root.find("a")->at.line, 1);
}

TEST(YamlTree, ExpandsAliasesAndMergeKeys) {
  const auto root = parse("base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nuse: {<<: [*b, *m], x: 9}\nagain: *b\n");
  const auto* use = root.find("use");
  EXPECT_EQ(use->find("x")->text, "9");
  EXPECT_EQ(use->find("y")->text, "2");
  EXPECT_EQ(use->find("z")->text, "4");
  EXPECT_EQ(use->find("<<"), nullptr);
  EXPECT_EQ(root.find("again")->find("y")->text, "2");
  EXPECT_THAT(errors_of("a: {<<: 3}\n"), HasSubstr("merges a mapping"));
}

TEST(YamlTree, ReadsByteOrderMarkAndCarriageReturns) {
  const auto root = parse(
      "\xef\xbb\xbf"
      "a: 1\r\nb: 2\r\n");
  EXPECT_EQ(root.find("a")->text, "1");
  EXPECT_EQ(root.find("b")->text, "2");
}

TEST(YamlTree, NamesTheFixOfCommonSlips) {
  EXPECT_THAT(errors_of("a:\n\tb: 1\n"), HasSubstr("has a tab"));
  EXPECT_THAT(errors_of("a: {p: ${HOME}}\n"), HasSubstr("quote what has ${...}"));
  EXPECT_THAT(errors_of("a: 1\n---\nb: 2\n"), HasSubstr("t.yaml:3:1: a second document begins here"));
  EXPECT_THAT(errors_of("a: !!int 5\n"), HasSubstr("tags have no meaning here"));
  EXPECT_THAT(errors_of("? [a]\n: b\n"), HasSubstr("a key must be a word"));
  EXPECT_THAT(errors_of(std::string_view("a: 1\nb\0c: 2\n", 12)), HasSubstr("t.yaml:2:1: a NUL byte"));
}

TEST(YamlTree, BoundsWhatAFileMayCost) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i)
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  EXPECT_THAT(errors_of(bomb), HasSubstr("aliases expand to more than"));

  std::string tower = "a0: &a0 x\n";
  for (int i = 1; i < 200; ++i) tower += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_THAT(errors_of(tower), HasSubstr("nest deeper"));

  EXPECT_THAT(errors_of(std::string(100'000, '[')), HasSubstr("t.yaml:1:"));
  EXPECT_THAT(errors_of("a: " + std::string(5'000, '{')), HasSubstr("t.yaml:1:"));
  std::string stairs;
  for (int i = 0; i < 300; ++i) stairs += std::string(static_cast<size_t>(i), ' ') + "k:\n";
  EXPECT_THAT(errors_of(stairs), HasSubstr("nested deeper than 64 levels"));
  std::string many;
  for (int i = 0; i < 30'000; ++i) many += fmt::format("k{}: 1\n", i);
  EXPECT_THAT(errors_of(many), HasSubstr("more than 20000 values"));
  EXPECT_THAT(errors_of("a: " + std::string(2 << 20, 'x')), HasSubstr("more than 1048576"));
  EXPECT_THAT(errors_of("a: &a [*a]\n"), HasSubstr("t.yaml:1"));
  EXPECT_THAT(errors_of("a: *nobody\n"), HasSubstr("t.yaml:1"));
}

// Whatever the bytes, planning answers; that it does is the test.
TEST(LoadPlan, SurvivesHostileFiles) {
  const std::string good = spec_test::read(WEIR_SOURCE_DIR "/configs/embed.yaml");
  const auto load = [](const std::string& text) {
    const auto plan = load_plan("h.yaml", text, spec_test::fake_context());
    if (plan) return;
    EXPECT_FALSE(plan.error().empty());
    for (const auto& error : plan.error()) EXPECT_EQ(to_string(error).find('\n'), std::string::npos);
  };
  for (const char* text : {"",
                           "# only a comment\n",
                           "\n\n",
                           "[]",
                           "{}",
                           "null",
                           "- a\n",
                           "a",
                           "name:\n",
                           "---\n...\n",
                           "%YAML 9.9\n---\na: 1\n",
                           "\xff\xfe\x00",
                           "models: [a]\ndataflow: [b]\n",
                           "name: x\nmodels: {}\ndataflow: {}\n",
                           "? \n:\n",
                           "\"",
                           "'",
                           "|\n",
                           "&a\n",
                           "*a\n"})
    load(text);
  for (size_t cut = 0; cut < good.size(); cut += 7) load(good.substr(0, cut));
  for (size_t i = 0; i < good.size(); i += 3)
    for (const char byte : {'\0', '\t', '\n', '{', '[', ':', '&', '*', '!', '\xff', '"', '$'}) {
      std::string text = good;
      text[i] = byte;
      load(text);
    }
}

}  // namespace
}  // namespace weir
