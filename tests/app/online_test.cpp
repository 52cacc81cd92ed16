// What `weir check --online` says of a real broker.
#include "pipeline/spec/online.hpp"

#include <chrono>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/broker_probe.hpp"
#include "app/spec_context.hpp"
#include "tests/integration/broker.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using test::Broker;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::string lines(const SpecErrors& errors) {
  std::string out;
  for (const auto& error : errors) out += to_string(error) + "\n";
  return out;
}

struct Topics {
  std::string in, out, dead;
};

// The facts of a model that gives 384 wide vectors of up to 256 tokens each.
Result<ModelFacts> facts(const std::string& path) {
  ModelFacts facts;
  facts.name = "m";
  facts.path = path;
  facts.tasks = {Task::embed, Task::token_embed};
  facts.max_tokens.value = 256;
  facts.output_size = 384;
  return facts;
}

Plan plan_of(const std::string& kafka, const Topics& topics, const std::string& task, const std::string& create) {
  const auto plan = load_plan("t.yaml",
                              fmt::format("name: t\nkafka: {{{}}}\nmodels: {{m: {{path: m, task: {}}}}}\ndataflow:\n"
                                          "  src: {{actor: kafka_source, topics: {}, group: g}}\n"
                                          "  em: {{actor: model, from: src}}\n"
                                          "  out: {{actor: kafka_sink, from: em, topic: {}, format: json}}\n"
                                          "delivery: {{dead_letter_topic: {}{}}}\n",
                                          kafka, task, topics.in, topics.out, topics.dead, create),
                              spec_context(facts));
  EXPECT_TRUE(plan.has_value()) << lines(plan.error());
  return plan.value_or(Plan{});
}

OnlineReport ask(const Plan& plan, Duration limit = 10s) {
  KafkaBrokerProbe probe(limit);
  return check_online(plan, probe);
}

std::string plain() { return fmt::format("bootstrap.servers: \"{}\"", Broker::instance().plaintext()); }

TEST(CheckOnline, FindsNothingWrongWhereAllIsThere) {
  auto& broker = Broker::instance();
  const Topics topics{broker.create_topic("in", 4), broker.create_topic("out", 2), broker.create_topic("dead")};
  const auto report = ask(plan_of(plain(), topics, "embed", ""));
  EXPECT_THAT(lines(report.errors), IsEmpty());
  EXPECT_THAT(report.notes, Contains(fmt::format("topic {}: 4 partition(s)", topics.in)));
  EXPECT_THAT(report.notes, Contains(HasSubstr("1 broker(s) answer")));
  EXPECT_THAT(report.notes, Contains(HasSubstr("8.0 MiB a second and partition")));
}

TEST(CheckOnline, NamesEveryMissingTopic) {
  auto& broker = Broker::instance();
  const Topics topics{broker.unique_name("in"), broker.unique_name("out"), broker.unique_name("dead")};
  const auto report = ask(plan_of(plain(), topics, "embed", ""));
  EXPECT_EQ(report.errors.size(), 3u) << lines(report.errors);
  EXPECT_FALSE(report.unreachable);
  EXPECT_THAT(lines(ask(plan_of(plain(), topics, "embed", ", create_topics: {partitions: 2}")).errors), IsEmpty());
  EXPECT_THAT(lines(ask(plan_of(plain(), topics, "embed", ", create_topics: {replication: 3}")).errors),
              HasSubstr("replication 3 needs as many brokers; there are 1"));
  // Asking has made none of them.
  EXPECT_EQ(ask(plan_of(plain(), topics, "embed", "")).errors.size(), 3u);
}

TEST(CheckOnline, ComparesResultsWithTheLimitOfTheTopic) {
  auto& broker = Broker::instance();
  const Topics topics{broker.create_topic("in"), broker.create_topic("out", 1, {{"max.message.bytes", "2000000"}}),
                      broker.create_topic("dead")};
  const auto limit = ", message.max.bytes: 8000000";
  EXPECT_THAT(lines(ask(plan_of(plain(), topics, "token_embed", "")).errors),
              HasSubstr("more than a record may have (1000000)"));
  EXPECT_THAT(lines(ask(plan_of(plain() + limit, topics, "token_embed", "")).errors), IsEmpty());
  const Topics small{topics.in, broker.create_topic("small", 1, {{"max.message.bytes", "3000"}}), topics.dead};
  EXPECT_THAT(lines(ask(plan_of(plain() + limit, small, "embed", "")).errors),
              HasSubstr("more than a record may have (3000)"));
}

TEST(CheckOnline, TellsWrongPasswordsFromSilence) {
  auto& broker = Broker::instance();
  const Topics topics{"in", "out", "dead"};
  const auto wrong =
      ask(plan_of(fmt::format("bootstrap.servers: \"{}\", security.protocol: SASL_PLAINTEXT, sasl.mechanisms: PLAIN, "
                              "sasl.username: weir, sasl.password: guess",
                              broker.sasl_plaintext()),
                  topics, "embed", ""));
  EXPECT_FALSE(wrong.unreachable);
  EXPECT_EQ(wrong.errors.size(), 1u) << lines(wrong.errors);
  const auto silent = ask(plan_of("bootstrap.servers: \"127.0.0.1:1\"", topics, "embed", ""), 1s);
  EXPECT_TRUE(silent.unreachable);
  EXPECT_EQ(silent.errors.size(), 1u) << lines(silent.errors);
}

}  // namespace
}  // namespace weir
