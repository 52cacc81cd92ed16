#include "pipeline/spec/describe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/spec/stage_shapes.hpp"
#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using spec_test::fake_context;
using testing::HasSubstr;
using testing::Not;

Plan load(const std::string& text, const SpecContext& context = fake_context()) {
  auto plan = load_plan("t.yaml", text, context);
  EXPECT_TRUE(plan.has_value()) << spec_test::lines(plan.error()) << text;
  return plan.value_or(Plan{});
}

TEST(Describe, WritesYamlThatLoadsToTheSamePlan) {
  for (const char* name : {"embed", "embed-files", "classify", "rerank", "request-reply"}) {
    const std::string first =
        describe(load(spec_test::read(std::string(WEIR_SOURCE_DIR "/configs/") + name + ".yaml")));
    EXPECT_EQ(describe(load(first)), first) << name;
  }
}

TEST(Describe, QuotesWhateverNeedsIt) {
  const std::string text =
      "name: t\nmodels: {m: {path: \"a b: #$$x\\\"\\\\\\n\", aliases: [\"null\", \"- x\", \"é\"]}}\ndataflow:\n"
      "  src: {actor: file_source, path: in, prompt: \"{[]}, & * ! | > % @ ` '\", fields: {text: \"/a~1b c\"}}\n"
      "  em: {actor: model, from: src}\n  out: {actor: file_sink, from: em, path: \"-\"}\n";
  const Plan plan = load(text);
  const Plan again = load(describe(plan));
  EXPECT_EQ(again.models[0].path, "a b: #$x\"\\\n");
  EXPECT_EQ(again.models[0].aliases, plan.models[0].aliases);
  const auto& input = std::get<FileSourcePlan>(again.stages[0].options).input;
  EXPECT_EQ(input.prompt, "{[]}, & * ! | > % @ ` '");
  EXPECT_EQ(input.fields.at("text"), "/a~1b c");
  EXPECT_EQ(std::get<FileSinkPlan>(again.stages[5].options).path, "-");
}

TEST(Describe, ShowsNoSecret) {
  const std::string text =
      "name: t\nkafka:\n  bootstrap.servers: b:9092\n  sasl.password: hunter2\n  ssl.key.password: hunter2\n"
      "  client.id: x${file:/run/secrets/password}y\n"
      "models: {m: {path: minilm}}\ndataflow:\n"
      "  src: {actor: kafka_source, topics: [a], group: \"${file:/run/secrets/password}\", "
      "sasl.oauthbearer.client.secret: hunter2}\n"
      "  em: {actor: model, from: src}\n  out: {actor: kafka_sink, from: em, topic: t, ssl.keystore.password: "
      "hunter2}\n";
  const auto shown = describe(load(text));
  EXPECT_THAT(shown, Not(HasSubstr("hunter2")));
  EXPECT_THAT(shown, Not(HasSubstr("sesame")));
  EXPECT_THAT(shown, HasSubstr("sasl.password: \"***\""));
  EXPECT_THAT(shown, HasSubstr("group: \"***\""));
  // Nor do errors: neither the value itself nor a message that quotes it.
  auto context = fake_context();
  context.properties.check = [](std::string_view name, std::string_view value) -> std::optional<Error> {
    if (name == "bootstrap.servers") return std::nullopt;
    return Error{ErrorCode::invalid_config, "cannot take " + std::string(value)};
  };
  const auto plan = load_plan("t.yaml", text, context);
  ASSERT_FALSE(plan.has_value());
  EXPECT_THAT(spec_test::lines(plan.error()), Not(HasSubstr("sesame")));
  EXPECT_THAT(spec_test::lines(plan.error()), Not(HasSubstr("hunter2")));
}

TEST(StageShapes, StandInTheOrderOfTheirPlans) {
  const auto shapes = stage_shapes();
  ASSERT_EQ(shapes.size(), std::variant_size_v<StagePlanOptions> + 1);
  const auto name = [](StagePlanOptions options) {
    return shape_of(StagePlan{"", std::move(options), -1, {}, {}, {}}).name;
  };
  EXPECT_EQ(name(KafkaSourcePlan{}), "kafka_source");
  EXPECT_EQ(name(FileSourcePlan{}), "file_source");
  EXPECT_EQ(name(TokenizerPlan{}), "tokenizer");
  EXPECT_EQ(name(BatcherPlan{}), "batcher");
  EXPECT_EQ(name(GpuWorkerPlan{}), "gpu_worker");
  EXPECT_EQ(name(PoolerPlan{}), "pooler");
  EXPECT_EQ(name(KafkaSinkPlan{}), "kafka_sink");
  EXPECT_EQ(name(FileSinkPlan{}), "file_sink");
  EXPECT_EQ(shapes.back().name, "model");
}

// The table's defaults and those of the plan's structs are the same.
TEST(Plan, HasTheDefaultsOfTheTable) {
  const Plan plan = load(
      "name: t\nmodels: {m: {path: minilm}}\ndataflow:\n  s: {actor: file_source, path: in}\n"
      "  e: {actor: model, from: s}\n  o: {actor: file_sink, from: e, path: out}\n");
  Plan bare = plan;
  bare.delivery = DeliveryPlan{};
  bare.memory_limit = Plan{}.memory_limit;
  bare.http = HttpPlan{};
  bare.stages[0].options = FileSourcePlan{"in", {}};
  TokenizerPlan tokenizer;
  tokenizer.model = "m";
  bare.stages[1].options = tokenizer;
  bare.stages[2].options = BatcherPlan{};
  GpuWorkerPlan worker;
  worker.model = "m";
  worker.devices = {"all"};
  bare.stages[3].options = worker;
  bare.stages[5].options = FileSinkPlan{"out", {}};
  EXPECT_EQ(describe(plan), describe(bare));
}

}  // namespace
}  // namespace weir
