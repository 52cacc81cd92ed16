// The grammar is whole; what does not run yet is refused by its name, in its place, with what to do instead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using spec_test::dataflow;
using spec_test::errors_of;

std::string with(const std::string& source, const std::string& model, const std::string& sink,
                 const std::string& more = "") {
  return errors_of(dataflow("src: {actor: file_source, path: in" + source +
                                "}\n"
                                "em: {actor: model, from: src" +
                                model +
                                "}\n"
                                "out: {actor: file_sink, from: em, path: out" +
                                sink + "}\n",
                            "path: minilm", more));
}

TEST(NotBuilt, IsRefusedByName) {
  EXPECT_EQ(with("", "", ""), "");
  EXPECT_EQ(with("", "", "", "delivery: {guarantee: exactly_once}\n"),
            "t.yaml:7:23: `exactly_once` is not built yet; use at_least_once\n");
  EXPECT_EQ(with("", "", ", when: score >= 0.8"),
            "t.yaml:6:48: `when:` is not built yet; remove it: every outcome goes to every sink\n");
  EXPECT_EQ(with("", "", ", into: /embedding"),
            "t.yaml:6:48: `into:` is not built yet; remove it: outcomes are records of their own\n");
  EXPECT_EQ(with("", ", at: [node1]", ""),
            "t.yaml:5:33: `at:` is not built yet; remove it: stages run in this process\n");
  EXPECT_EQ(with("", ", long_text: windows", ""), "t.yaml:5:44: `windows` is not built yet; use truncate or reject\n");
  EXPECT_EQ(with("", ", long_text: {windows: {stride: 64, reduce: mean}}", ""),
            "t.yaml:5:44: `windows` is not built yet; use truncate or reject\n");
  EXPECT_EQ(with("", "", ", vector_type: int8"),
            "t.yaml:6:61: `int8` is not built yet; use float32, float16 or bfloat16\n");
  EXPECT_EQ(with("", ", devices: [cuda:0]", ""),
            "t.yaml:5:42: this weir is built without CUDA: 'cuda:0'; use cpu or all\n");
  for (const char* until : {"2026-01-01T00:00:00Z", "1000", "{offset: 5}"})
    EXPECT_EQ(with(std::string(", until: ") + until, "", ""),
              "t.yaml:4:39: `until:` is not built yet; use end_of_topic, or remove it\n");
  EXPECT_THAT(with(", until: end_of_topik", "", ""), testing::HasSubstr("did you mean 'end_of_topic'?"));
  EXPECT_EQ(with("", "", "", "cluster: {peers: [{host: a, index: 1}]}\n"),
            "t.yaml:7:1: `cluster:` is not built yet; run more processes with the same file: the consumer group shares "
            "the partitions\n");
}

TEST(NotBuilt, RefusesFanIn) {
  EXPECT_EQ(
      errors_of(dataflow("a: {actor: file_source, path: in}\n"
                         "b: {actor: file_source, path: in}\n"
                         "em: {actor: model, from: [a, b]}\n"
                         "out: {actor: file_sink, from: em, path: out}\n")),
      "t.yaml:6:28: fan-in (`from` with several stages) is not built yet; give each source its own chain, or let one "
      "kafka_source read all topics\n");
}

TEST(NotBuilt, RefusesASecondModelAndOtherTypes) {
  EXPECT_EQ(
      errors_of(
          "name: t\nmodels:\n  m: {path: minilm, dtype: bfloat16}\n  n: {path: minilm, dtype: float32}\ndataflow:\n"
          "  src: {actor: file_source, path: in}\n  em: {actor: model, model: m, from: src}\n"
          "  out: {actor: file_sink, from: em, path: out}\n"),
      "t.yaml:3:28: `bfloat16` is not built yet; use float32 or auto\n"
      "t.yaml:4:3: more than one model is not built yet: 'n'; run one process for each model\n");
}

}  // namespace
}  // namespace weir
