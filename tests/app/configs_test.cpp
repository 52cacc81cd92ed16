// The shipped dataflows on the real model, with librdkafka's own view of their properties.
#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/model_probe.hpp"
#include "app/spec_context.hpp"
#include "kafka/properties.hpp"
#include "pipeline/spec/describe.hpp"

namespace weir {
namespace {

std::string models() {
  const char* cache = std::getenv("WEIR_CACHE");
  return (cache ? std::string(cache) : std::string(WEIR_SOURCE_DIR) + "/.cache") + "/models";
}

// Stands in for the environment: only what a test sets.
SpecContext context() {
  SpecContext context = spec_context(model_probe());
  context.env = [](std::string_view name) -> std::optional<std::string> {
    if (name == "WEIR_MODELS") return models();
    return std::nullopt;
  };
  return context;
}

std::string lines(const SpecErrors& errors) {
  std::string out;
  for (const auto& error : errors) out += to_string(error) + "\n";
  return out;
}

TEST(Configs, PlanOnTheRealModel) {
  ASSERT_TRUE(std::filesystem::exists(models() + "/all-MiniLM-L6-v2/config.json"))
      << "all-MiniLM-L6-v2 is not in " << models() << ": run tools/setup";
  for (const char* name : {"embed", "embed-files", "embed-secured", "request-reply"}) {
    const auto plan = load_plan_file(std::string(WEIR_SOURCE_DIR "/configs/") + name + ".yaml", context());
    ASSERT_TRUE(plan.has_value()) << lines(plan.error());
    EXPECT_EQ(plan->models[0].facts.hidden_size, 384u);
    EXPECT_EQ(plan->models[0].facts.max_tokens.value, 256u);
    const auto again = load_plan("again.yaml", describe(*plan, context().properties), context());
    ASSERT_TRUE(again.has_value()) << lines(again.error());
  }
}

TEST(Configs, SayWhatIsWrongWithTheModel) {
  const std::string text =
      "name: t\nmodels: {m: {path: \"${WEIR_MODELS}/all-MiniLM-L6-v2\", task: classify, pooler: {dimensions: "
      "128}}}\ndataflow:\n"
      "  s: {actor: file_source, path: in, prompt_name: query}\n  e: {actor: model, from: s, max_tokens: 100}\n"
      "  o: {actor: file_sink, from: e, path: out}\n";
  const auto plan = load_plan("t.yaml", text, context());
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().size(), 4u) << lines(plan.error());
}

TEST(Configs, SayWhatIsWrongWithProperties) {
  const std::string text =
      "name: t\nkafka: {bootstrap.servers: \"b:1\", fetch.wait.max: 5}\nmodels: {m: {path: "
      "\"${WEIR_MODELS}/all-MiniLM-L6-v2\"}}\n"
      "dataflow:\n  s: {actor: kafka_source, topics: t, group: g, session.timeout.ms: soon, group.id: x}\n"
      "  e: {actor: model, from: s}\n  o: {actor: kafka_sink, from: e, topic: o, acks.x: 1}\n";
  const auto plan = load_plan("t.yaml", text, context());
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().size(), 4u) << lines(plan.error());
}

// Debian's librdkafka cannot log in to Kafka 4 by SCRAM: better said before the start than after it.
TEST(Configs, RefuseScramOnALibraryThatCannot) {
  const std::string text =
      "name: t\nkafka: {bootstrap.servers: \"b:1\", security.protocol: SASL_SSL, sasl.mechanisms: SCRAM-SHA-256, "
      "sasl.username: u,\n"
      "  sasl.password: hunter2}\nmodels: {m: {path: \"${WEIR_MODELS}/all-MiniLM-L6-v2\"}}\ndataflow:\n"
      "  s: {actor: kafka_source, topics: t, group: g}\n  e: {actor: model, from: s}\n"
      "  o: {actor: kafka_sink, from: e, topic: o}\n";
  const auto plan = load_plan("t.yaml", text, context());
  ASSERT_EQ(plan.has_value(), kafka::library().scram);
  if (plan) return;
  const auto errors = lines(plan.error());
  EXPECT_EQ(plan.error().size(), 1u) << errors;
  EXPECT_THAT(errors, testing::HasSubstr("t.yaml:2:8: "));
  EXPECT_THAT(errors, testing::HasSubstr("tools/librdkafka-backport"));
  EXPECT_THAT(errors, testing::Not(testing::HasSubstr("hunter2")));
}

}  // namespace
}  // namespace weir
