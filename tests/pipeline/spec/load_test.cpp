#include "pipeline/spec/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using spec_test::fake_context;
using spec_test::lines;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string config_dir = WEIR_SOURCE_DIR "/configs/";

Plan load_config(const std::string& name) {
  auto plan = load_plan_file(config_dir + name, fake_context());
  EXPECT_TRUE(plan.has_value()) << lines(plan.error());
  return plan.value_or(Plan{});
}

template <typename T>
const T& options_of(const Plan& plan, size_t stage) {
  return std::get<T>(plan.stages.at(stage).options);
}

TEST(LoadPlan, ResolvesTheMainExample) {
  const Plan plan = load_config("embed.yaml");
  EXPECT_EQ(plan.name, "embed-documents");
  EXPECT_EQ(plan.memory_limit, 512ll << 20);
  EXPECT_EQ(plan.kafka.at("bootstrap.servers"), "localhost:9092");
  EXPECT_EQ(plan.delivery.dead_letter_topic, "documents.dlq");
  EXPECT_EQ(plan.delivery.create_topics->partitions, 4);
  ASSERT_EQ(plan.models.size(), 1u);
  EXPECT_EQ(plan.models[0].path, ".cache/models/all-MiniLM-L6-v2");
  EXPECT_EQ(plan.models[0].facts.hidden_size, 384u);

  ASSERT_EQ(plan.stages.size(), 6u);
  const auto& source = options_of<KafkaSourcePlan>(plan, 0);
  EXPECT_THAT(source.topics, ElementsAre("documents"));
  EXPECT_EQ(source.group, "weir-embed");
  EXPECT_EQ(source.input.format, RecordFormat::json);
  EXPECT_EQ(source.properties.at("bootstrap.servers"), "localhost:9092");
  EXPECT_EQ(options_of<TokenizerPlan>(plan, 1).replicas, 2u);
  EXPECT_EQ(options_of<TokenizerPlan>(plan, 1).model, "minilm");
  EXPECT_EQ(options_of<BatcherPlan>(plan, 2).max_tokens, 0u);
  EXPECT_THAT(options_of<GpuWorkerPlan>(plan, 3).devices, ElementsAre("all"));
  EXPECT_EQ(options_of<PoolerPlan>(plan, 4).task, Task::embed);
  EXPECT_EQ(options_of<KafkaSinkPlan>(plan, 5).topic, "embeddings");
  EXPECT_EQ(options_of<KafkaSinkPlan>(plan, 5).output.format, RecordFormat::flatbuffers);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(plan.stages[i].from, i - 1);
    EXPECT_THAT(plan.stages[i].sinks, ElementsAre(5));
  }
}

}  // namespace
}  // namespace weir
