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

TEST(LoadPlan, KeepsFilesToWhatTheyCanHold) {
  const std::string text =
      "name: t\nmodels: {m: {path: minilm}}\ndataflow:\n  s: {actor: file_source, path: in, format: flatbuffers}\n"
      "  e: {actor: model, from: s}\n  o: {actor: file_sink, from: e, path: out, format: flatbuffers}\n"
      "delivery: {dead_letter_topic: d}\n";
  EXPECT_EQ(
      spec_test::errors_of(text),
      "t.yaml:4:45: a file has one record a line, and these are no lines: 'flatbuffers'; write json or text\n"
      "t.yaml:6:53: a file has one record a line, and these are no lines: 'flatbuffers'; write json or text\n"
      "t.yaml:7:31: a dead-letter topic needs a kafka_source: 'd'; remove it: failures are outcomes with an error\n");
}

// Stages add to the properties of the file and override them; the rules see each property, and all of a stage together.
TEST(LoadPlan, GivesEachKafkaStageItsProperties) {
  auto context = fake_context();
  context.properties.check = [](std::string_view name, std::string_view value) -> std::optional<Error> {
    if (name == "linger.ms" && value == "soon") return Error{ErrorCode::invalid_config, "linger.ms takes a number"};
    return std::nullopt;
  };
  context.properties.check_together = [](const KafkaProperties& all, KafkaUse) -> std::vector<Error> {
    if (all.count("sasl.mechanisms")) return {Error{ErrorCode::invalid_config, "too old for this mechanism"}};
    return {};
  };
  const auto load = [&](const std::string& kafka, const std::string& sink) {
    return load_plan("t.yaml",
                     "name: t\nkafka: {bootstrap.servers: \"b:1\", " + kafka +
                         "}\nmodels: {m: {path: minilm}}\ndataflow:\n"
                         "  s: {actor: kafka_source, topics: t, group: g, client.id: mine}\n"
                         "  e: {actor: model, from: s}\n  o: {actor: kafka_sink, from: e, topic: o, " +
                         sink + "}\n",
                     context);
  };
  const auto plan = load("client.id: all", "linger.ms: 5");
  ASSERT_TRUE(plan.has_value()) << lines(plan.error());
  EXPECT_EQ(options_of<KafkaSourcePlan>(*plan, 0).properties,
            (KafkaProperties{{"bootstrap.servers", "b:1"}, {"client.id", "mine"}}));
  EXPECT_EQ(options_of<KafkaSinkPlan>(*plan, 5).properties,
            (KafkaProperties{{"bootstrap.servers", "b:1"}, {"client.id", "all"}, {"linger.ms", "5"}}));
  EXPECT_EQ(lines(load("client.id: all", "linger.ms: soon").error()),
            "t.yaml:7:45: linger.ms takes a number: 'linger.ms=soon'\n");
  EXPECT_EQ(lines(load("sasl.mechanisms: SCRAM", "linger.ms: 5").error()), "t.yaml:2:8: too old for this mechanism\n");
  EXPECT_EQ(lines(load("a.list: [x]", "linger.ms: {x: y}").error()),
            "t.yaml:2:43: property `a.list` takes one value: 'a list'; write a list with commas: `a,b`\n"
            "t.yaml:7:56: property `linger.ms` takes one value: 'a mapping'; write the whole name with its dots: "
            "`bootstrap.servers: ...`\n");
}

TEST(LoadPlan, TakesEachPlaceOfAForeignRecordForOneField) {
  const auto errors = [](const std::string& fields) {
    return spec_test::errors_of(
        "name: t\nmodels: {m: {path: minilm}}\ndataflow:\n  s: {actor: file_source, path: in, fields: {" + fields +
        "}}\n  e: {actor: model, from: s}\n  o: {actor: file_sink, from: e, path: out}\n");
  };
  EXPECT_EQ(errors("text: /a, id: /b, metadata: \"\""), "");
  EXPECT_EQ(errors("text: /a, id: /a"),
            "t.yaml:4:60: fields.text: '/a' is already mapped to id; map each place to one field\n");
  EXPECT_EQ(errors("text: /a/b, normalize: /c, use_activation: /d, id: /a"),
            "t.yaml:4:89: fields.use_activation: the field is mapped twice; map each place to one field\n"
            "t.yaml:4:97: fields.id: another field's pointer leads through it; map each place to one field\n");
}

TEST(LoadPlan, GivesATopicOneSetOfProperties) {
  const auto errors = [](const std::string& first, const std::string& second) {
    return spec_test::errors_of(
        "name: t\nkafka: {bootstrap.servers: \"b:1\"}\nmodels: {m: {path: minilm}}\ndataflow:\n"
        "  s: {actor: kafka_source, topics: t, group: g}\n  e: {actor: model, from: s}\n"
        "  o: {actor: kafka_sink, from: e, " +
        first + "}\n  p: {actor: kafka_sink, from: e, " + second + "}\ndelivery: {dead_letter_topic: d}\n");
  };
  EXPECT_EQ(errors("topic: o, linger.ms: 5", "topic: p, linger.ms: 6"), "");
  EXPECT_EQ(errors("topic: o, linger.ms: 5", "topic: o, linger.ms: 5"), "");
  EXPECT_EQ(errors("topic: o, linger.ms: 5", "topic: o"),
            "t.yaml:8:3: another stage writes this topic with other Kafka properties: 'o'; give both the same\n");
  EXPECT_EQ(
      errors("topic: d, linger.ms: 5", "topic: o"),
      "t.yaml:7:3: another stage writes this topic with other Kafka properties: 'd'; give the source, which writes "
      "dead letters, and this sink the same\n");
}

TEST(LoadPlan, WantsBrokersOfKafkaStages) {
  EXPECT_EQ(spec_test::errors_of(
                "name: t\nmodels: {m: {path: minilm}}\ndataflow:\n  s: {actor: kafka_source, topics: t, group: g}\n"
                "  e: {actor: model, from: s}\n"
                "  o: {actor: kafka_sink, from: e, topic: o, bootstrap.servers: \"b:1\"}\n"),
            "t.yaml:4:3: kafka_source has no `bootstrap.servers`; write `kafka: {bootstrap.servers: \"host:9092\"}` at "
            "the top of "
            "the file\n");
}

}  // namespace
}  // namespace weir
