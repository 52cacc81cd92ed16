#include "pipeline/spec/interpolate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Interpolated {
  std::string text, errors;
  bool secret = false;
  std::vector<std::string> secrets;
};

Interpolated interpolate(const std::string& text) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.at = {4, 2};
  node.text = text;
  ErrorList errors("t.yaml");
  Interpolated out;
  interpolate(node, spec_test::fake_context({{"NAME", "value"}, {"EMPTY", ""}, {"TRICK", "${NAME}\nx: [1"}}), errors,
              out.secrets);
  out.text = node.text;
  out.secret = node.secret;
  out.errors = spec_test::lines(errors.take());
  EXPECT_EQ(node.failed, !out.errors.empty());
  return out;
}

TEST(Interpolate, ReplacesVariables) {
  EXPECT_EQ(interpolate("a ${NAME} b${NAME}").text, "a value bvalue");
  EXPECT_EQ(interpolate("${NONE:-else}").text, "else");
  EXPECT_EQ(interpolate("${EMPTY:-else}").text, "else");
  EXPECT_EQ(interpolate("${EMPTY}").text, "");
  EXPECT_EQ(interpolate("${NONE:-}").text, "");
  EXPECT_EQ(interpolate("${NONE:-localhost:9092}").text, "localhost:9092");
  EXPECT_EQ(interpolate("${NONE:-${OTHER:-${NAME}}}/x").text, "value/x");
  EXPECT_EQ(interpolate("$$${NAME} $${NAME} $ $x").text, "$value ${NAME} $ $x");
}

TEST(Interpolate, NeverReadsAValueAgain) { EXPECT_EQ(interpolate("${TRICK}").text, "${NAME}\nx: [1"); }

TEST(Interpolate, ReadsSecretsFromFiles) {
  const auto found = interpolate("${file:/run/secrets/password}");
  EXPECT_EQ(found.text, "open sesame");
  EXPECT_TRUE(found.secret);
  EXPECT_THAT(found.secrets, ElementsAre("open sesame"));
}

TEST(Interpolate, NamesWhatIsMissing) {
  EXPECT_EQ(interpolate("${NONE}").errors,
            "t.yaml:4:2: this environment variable is not set: 'NONE'; set it, or give a default: ${NONE:-...}\n");
  EXPECT_EQ(interpolate("${NONE:?where are the brokers}").errors, "t.yaml:4:2: where are the brokers: 'NONE'\n");
  EXPECT_THAT(interpolate("${file:/etc/none}").errors, HasSubstr("cannot read this file: no such file: '/etc/none'"));
  EXPECT_THAT(interpolate("${NAME").errors, HasSubstr("`${` without `}`"));
  EXPECT_THAT(interpolate("${NAME:+x}").errors, HasSubstr("write ${NAME:-default}"));
  EXPECT_THAT(interpolate("${a b}").errors, HasSubstr("not a variable's name"));
  EXPECT_THAT(interpolate("${}").errors, HasSubstr("not a variable's name"));
  std::string deep = "x";
  for (int i = 0; i < 30; ++i) deep = "${NONE:-" + deep + "}";
  EXPECT_THAT(interpolate(deep).errors, HasSubstr("nest too deeply"));
}

TEST(Interpolate, AddsNoStructure) {
  const std::string yaml = "name: \"${TRICK}\"\nmodels: {m: {path: p}}\ndataflow: {}\n";
  const auto plan = load_plan("t.yaml", yaml, spec_test::fake_context({{"TRICK", "a\nkafka: {x: y}"}}));
  ASSERT_FALSE(plan.has_value());
  EXPECT_THAT(spec_test::lines(plan.error()), HasSubstr("t.yaml:1:7: not a dataflow's name: 'a\\x0akafka: {x: y}'"));
}

}  // namespace
}  // namespace weir
