#include "pipeline/spec/online.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class FakeBrokers final : public BrokerProbe {
 public:
  BrokerFacts facts{1, {{"documents", {4, {}}}, {"embeddings", {4, {}}}, {"documents.dlq", {1, {}}}}};
  std::optional<Error> error;
  int asked = 0;

  std::string library_version() const override { return "2.0.2"; }
  int64_t queue_bytes(int64_t limit, int64_t partitions) const override {
    return std::clamp<int64_t>(limit / 4 / partitions, 1 << 20, 8 << 20);
  }
  int64_t max_message_bytes(const KafkaProperties&) const override { return 1'000'000; }
  Result<BrokerFacts> describe(const KafkaProperties&, std::span<const std::string>) override {
    ++asked;
    if (error) return fail(*error);
    return facts;
  }
};

Plan embed_plan() {
  auto plan = load_plan_file(WEIR_SOURCE_DIR "/configs/embed.yaml", spec_test::fake_context());
  EXPECT_TRUE(plan.has_value()) << spec_test::lines(plan.error());
  return plan.value_or(Plan{});
}

TEST(Online, TellsRatesAndSizes) {
  FakeBrokers brokers;
  const auto report = check_online(embed_plan(), brokers);
  EXPECT_THAT(spec_test::lines(report.errors), IsEmpty());
  EXPECT_THAT(report.notes, Contains("topic documents: 4 partition(s)"));
  EXPECT_THAT(
      report.notes,
      Contains(
          "documents: queues of 8.0 MiB for each of 4 partition(s): about 8.0 MiB a second and partition, 32.0 MiB a "
          "second in all"));
  EXPECT_THAT(report.notes, Contains("memory: 32.0 MiB of queues, 480.0 MiB for records"));
}

TEST(Online, WantsTopicsUnlessToldToCreateThem) {
  FakeBrokers brokers;
  brokers.facts.topics.erase("embeddings");
  brokers.facts.topics.erase("documents.dlq");
  Plan plan = embed_plan();
  EXPECT_THAT(check_online(plan, brokers).notes, Contains("topic embeddings: will be created with 4 partition(s)"));
  plan.delivery.create_topics->replication = 3;
  EXPECT_THAT(spec_test::lines(check_online(plan, brokers).errors),
              HasSubstr("replication 3 needs as many brokers; there are 1"));
  plan.delivery.create_topics.reset();
  const auto errors = spec_test::lines(check_online(plan, brokers).errors);
  EXPECT_THAT(errors, HasSubstr("embed.yaml:18:3: this topic does not exist: 'embeddings'"));
  EXPECT_THAT(errors, HasSubstr("this topic does not exist: 'documents.dlq'"));
}

TEST(Online, SaysWhenNobodyAnswers) {
  FakeBrokers brokers;
  brokers.error = Error{ErrorCode::unavailable, "no broker answered within 10 s"};
  const auto report = check_online(embed_plan(), brokers);
  EXPECT_TRUE(report.unreachable);
  ASSERT_EQ(report.errors.size(), 1u);  // once for each address
  EXPECT_EQ(brokers.asked, 1);
  EXPECT_EQ(report.errors[0].value, "localhost:9092");
  brokers.error = Error{ErrorCode::invalid_config, "wrong password"};
  EXPECT_FALSE(check_online(embed_plan(), brokers).unreachable);
}

TEST(Online, WeighsQueuesAgainstMemory) {
  FakeBrokers brokers;
  brokers.facts.topics["documents"].partitions = 100;
  Plan plan = embed_plan();
  plan.memory_limit = 64 << 20;
  EXPECT_THAT(spec_test::lines(check_online(plan, brokers).errors),
              HasSubstr("100 partitions need 100.0 MiB of queues: more than half of memory.limit: '64MiB'; write "
                        "memory: {limit: 200MiB} or more"));
}

TEST(Online, WeighsResultsAgainstRecords) {
  FakeBrokers brokers;
  Plan plan = embed_plan();
  auto& pooler = std::get<PoolerPlan>(plan.stages[4].options);
  auto& output = std::get<KafkaSinkPlan>(plan.stages[5].options).output;
  pooler.task = Task::token_embed;  // 256 x 384 x 4 bytes
  EXPECT_THAT(check_online(plan, brokers).errors, IsEmpty());
  output.format = RecordFormat::json;
  EXPECT_THAT(spec_test::lines(check_online(plan, brokers).errors), HasSubstr("more than a record may have (1000000)"));
  output.format = RecordFormat::flatbuffers;
  brokers.facts.topics["embeddings"].config["max.message.bytes"] = "300000";
  EXPECT_THAT(spec_test::lines(check_online(plan, brokers).errors), HasSubstr("more than a record may have (300000)"));
}

TEST(Advice, NamesWhatIsHardlyMeant) {
  const auto load = [](const std::string& more, const std::string& out = "t") {
    const auto plan =
        load_plan("t.yaml",
                  "name: t\nkafka: {bootstrap.servers: \"b:1\"}\nmodels: {m: {path: minilm}}\ndataflow:\n"
                  "  src: {actor: kafka_source, topics: [a], group: g" +
                      more +
                      "}\n"
                      "  em: {actor: model, from: src}\n  out: {actor: kafka_sink, from: em, topic: " +
                      out +
                      "}\n"
                      "  src2: {actor: kafka_source, topics: [a], group: h}\n"
                      "  em2: {actor: model, from: src2}\n  out2: {actor: kafka_sink, from: em2, topic: t2}\n"
                      "delivery: {dead_letter_topic: d}\n",
                  spec_test::fake_context());
    EXPECT_TRUE(plan.has_value()) << spec_test::lines(plan.error());
    return spec_test::lines(plan.value_or(Plan{}).advice);
  };
  EXPECT_THAT(load(""), IsEmpty());
  EXPECT_THAT(load(", lane: realtime"), HasSubstr("t.yaml:8:3: two lanes read this topic"));
  EXPECT_THAT(load(", session.timeout.ms: 6000"),
              HasSubstr("t.yaml:5:3: session.timeout.ms is less than three heartbeats of 3000 ms"));
  EXPECT_THAT(load("", "a"), HasSubstr("this topic is read and written"));
  EXPECT_THAT(load("", "t"), testing::Not(HasSubstr("dead")));
}

}  // namespace
}  // namespace weir
