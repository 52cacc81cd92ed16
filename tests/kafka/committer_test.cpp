#include "kafka/committer.hpp"

#include <chrono>
#include <set>

#include <gmock/gmock.h>

#include "kafka/admin.hpp"
#include "kafka/properties.hpp"
#include "tests/integration/broker.hpp"
#include "tests/kafka/stream.hpp"

namespace weir::kafka {
namespace {

using namespace std::chrono_literals;
using test::copy_to;
using test::Owned;
using test::read_all;
using test::Stream;
using testing::HasSubstr;
using weir::test::Broker;

std::vector<std::string> numbered(int count, int from = 0) {
  std::vector<std::string> values;
  for (int i = from; i < from + count; ++i) values.push_back(std::to_string(i));
  return values;
}

CommitterSettings to(const std::string& topic, const std::string& dead_letters = "") {
  CommitterSettings settings;
  settings.sinks = {{topic, {}}};
  settings.dead_letter_topic = dead_letters;
  return settings;
}

TEST(AtLeastOnce, PassesEverythingOnInOrderAndCommits) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in", 4);
  const std::string out = broker.create_topic("out", 1);
  const std::string group = broker.unique_name("g");
  for (int p = 0; p < 4; ++p) test::write(broker.properties(), in, numbered(2000, p * 10000), p);

  Stream stream(broker.properties(), in, group, to(out), copy_to(out));
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 8000; }))
      << (stream.error ? stream.error->message : "late");
  EXPECT_EQ(stream.committer().pending_bytes(), 0);
  stream.close();
  EXPECT_EQ(test::total_lag(broker.properties(), group, in), 0);

  std::map<int, int> last;
  const auto written = read_all(broker.properties(), out);
  EXPECT_EQ(written.size(), 8000u);
  for (const Owned& record : written) {
    const int value = std::stoi(*record.value);
    const auto [it, first] = last.try_emplace(value / 10000, value);
    if (!first) {
      ASSERT_EQ(value, it->second + 1) << "order of an input partition";
      it->second = value;
    }
  }
}

TEST(AtLeastOnce, KeepsKeysHeadersAndTombstones) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in");
  const std::string out = broker.create_topic("out");
  const Header headers[] = {{"trace", "1"}, {"trace", std::nullopt}};
  test::write(broker.properties(), {.topic = in, .key = "k", .value = std::nullopt, .headers = headers});
  test::write(broker.properties(), {.topic = in, .key = std::nullopt, .value = "", .headers = {}});
  Stream stream(broker.properties(), in, broker.unique_name("g"), to(out), copy_to(out));
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 2; }));
  const auto written = read_all(broker.properties(), out);
  ASSERT_EQ(written.size(), 2u);
  EXPECT_EQ(written[0].key, "k");
  EXPECT_EQ(written[0].value, std::nullopt);
  ASSERT_EQ(written[0].headers.size(), 2u);
  EXPECT_EQ(written[0].headers[1].second, std::nullopt);
  EXPECT_EQ(written[1].key, std::nullopt);
  EXPECT_EQ(written[1].value, "");
}

TEST(AtLeastOnce, RecordsOfSeveralBranchesCountAsOne) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in");
  const std::string left = broker.create_topic("left");
  const std::string right = broker.create_topic("right");
  test::write(broker.properties(), in, numbered(100));
  CommitterSettings settings = to(left);
  settings.sinks.push_back({right, {}});
  Stream stream(broker.properties(), in, broker.unique_name("g"), settings,
                [&](const RawRecord& record, OutChunk& chunk) {
                  if (record.offset.value % 10 == 0) return;  // routed away: nothing to write
                  copy_to(left)(record, chunk);
                  if (record.offset.value % 2) copy_to(right)(record, chunk);
                });
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 100; }));
  EXPECT_EQ(read_all(broker.properties(), right).size(), 50u);
}

TEST(AtLeastOnce, AnIdlePartitionCommitsPastControlRecords) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in");
  const std::string out = broker.create_topic("out");
  const std::string group = broker.unique_name("g");
  {
    auto conf = make_conf(Role::producer, broker.properties(), {{"transactional.id", broker.unique_name("t")}});
    ASSERT_TRUE(conf);
    char text[256];
    const HandlePtr rk(rd_kafka_new(RD_KAFKA_PRODUCER, conf->release(), text, sizeof text));
    ASSERT_FALSE(rd_kafka_init_transactions(rk.get(), 20000));
    for (const bool commit : {true, false}) {
      ASSERT_FALSE(rd_kafka_begin_transaction(rk.get()));
      for (int i = 0; i < 5; ++i)
        ASSERT_EQ(rd_kafka_producev(rk.get(), RD_KAFKA_V_TOPIC(in.c_str()), RD_KAFKA_V_VALUE(text, 1),
                                    RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
                  RD_KAFKA_RESP_ERR_NO_ERROR);
      rd_kafka_flush(rk.get(), 10000);
      ASSERT_FALSE(commit ? rd_kafka_commit_transaction(rk.get(), 20000) : rd_kafka_abort_transaction(rk.get(), 20000));
    }
  }
  Stream stream(broker.properties(), in, group, to(out), copy_to(out));
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 5 && stream.ends.size() == 1; }));
  stream.step();
  // The end may have come before the last record was durable: an idle partition's end is told again by Delivery.
  ASSERT_TRUE(stream.committer().advance({0, 0}, stream.ends.at({0, 0})));
  stream.close();
  EXPECT_EQ(test::total_lag(broker.properties(), group, in), 0) << "5 records and 7 control or aborted ones";
}

TEST(AtLeastOnce, AReplyToNowhereIsDropped) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in");
  const std::string out = broker.create_topic("out");
  const std::string replies = broker.create_topic("replies");
  const std::string nowhere = broker.unique_name("nowhere");
  test::write(broker.properties(), in, numbered(20));
  KafkaProperties quick = broker.properties();
  quick["topic.metadata.propagation.max.ms"] = "1000";
  CommitterSettings settings = to(out);
  settings.properties = quick;
  settings.sinks[0].properties = quick;
  Stream stream(broker.properties(), in, broker.unique_name("g"), settings,
                [&](const RawRecord& record, OutChunk& chunk) {
                  copy_to(out)(record, chunk);
                  const std::string names[] = {replies, nowhere, "no topic/at all", std::string(300, 'x')};
                  copy_to(names[record.offset.value % 4])(record, chunk);
                });
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 20; })) << "replies must not hold the partition";
  EXPECT_EQ(read_all(broker.properties(), replies).size(), 5u);
  EXPECT_EQ(read_all(broker.properties(), out).size(), 20u);
}

TEST(AtLeastOnce, LargeRecordsUpToTheTopicsLimit) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in", 1, {{"max.message.bytes", "6000000"}});
  const std::string out = broker.create_topic("out", 1, {{"max.message.bytes", "6000000"}});
  const std::string dead = broker.create_topic("dead", 1, {{"max.message.bytes", "100000"}});
  KafkaProperties large = broker.properties();
  large["message.max.bytes"] = "5990000";
  test::write(large, in, {std::string(5'000'000, 'x'), "small"});
  CommitterSettings settings = to(out);
  Stream stream(broker.properties(), in, broker.unique_name("g"), settings, copy_to(out));
  EXPECT_EQ(stream.committer().max_record_bytes(out), 6'000'000 - 512);
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 2; }))
      << (stream.error ? stream.error->message : "late");
  EXPECT_EQ(read_all(broker.properties(), out)[0].value->size(), 5'000'000u);

  // Dead letters too large for their topic go without the value.
  Stream failing(broker.properties(), in, broker.unique_name("g"), to(dead, dead), copy_to(dead));
  ASSERT_TRUE(failing.run_until([&] { return failing.durable.size() == 2; }))
      << (failing.error ? failing.error->message : "late");
  const auto letters = read_all(broker.properties(), dead);
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[0].value, std::nullopt);
  ASSERT_EQ(letters[0].headers.size(), 1u);
  EXPECT_EQ(letters[0].headers[0].second, "5000000");
  EXPECT_EQ(letters[1].value, "small");
}

TEST(AtLeastOnce, ADeadLetterTopicThatIsCreatedTakesWhateverCanBeRead) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in", 1, {{"max.message.bytes", "6000000"}});
  const std::string dead = broker.unique_name("dead");
  KafkaProperties large = broker.properties();
  large["message.max.bytes"] = "5999000";
  test::write(large, in, {std::string(5'990'000, 'x')});
  CommitterSettings settings;
  settings.dead_letter_topic = dead;
  settings.create_topics = CreateTopics{1, 1};
  settings.largest_input_bytes = 6'000'000;  // as KafkaSource::largest_record_bytes says
  Stream stream(broker.properties(), in, broker.unique_name("g"), settings, copy_to(dead));
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 1; }))
      << (stream.error ? stream.error->message : "late");
  EXPECT_EQ(stream.source().largest_record_bytes(), 6'000'000);
  EXPECT_EQ(read_all(broker.properties(), dead).at(0).value->size(), 5'990'000u);
}

// A topic that goes away while weir runs: its partition waits, and goes on when it is back.
TEST(AtLeastOnce, WaitsForAnOutputTopicThatIsMissing) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in");
  const std::string out = broker.create_topic("out");
  KafkaProperties quick = broker.properties();
  quick["topic.metadata.propagation.max.ms"] = "500";
  quick["topic.metadata.refresh.interval.ms"] = "1000";
  CommitterSettings settings;
  settings.properties = quick;
  settings.sinks = {{out, quick}};
  const std::string group = broker.unique_name("g");
  Stream stream(broker.properties(), in, group, settings, copy_to(out));
  ASSERT_TRUE(stream.run_until([&] { return stream.ends.size() == 1; }));
  auto admin = Admin::connect(broker.properties(), 20s);
  ASSERT_TRUE(admin);
  const std::string names[] = {out};
  ASSERT_TRUE((*admin)->delete_topics(names, 20s));
  ASSERT_TRUE(stream.run_until(
      [until = std::chrono::steady_clock::now() + 3s] { return std::chrono::steady_clock::now() > until; }));
  test::write(broker.properties(), in, numbered(100));
  ASSERT_TRUE(stream.run_until([&] { return stream.seen == 100; }));
  ASSERT_TRUE(stream.run_until(
      [until = std::chrono::steady_clock::now() + 3s] { return std::chrono::steady_clock::now() > until; }));
  EXPECT_TRUE(stream.durable.empty());
  EXPECT_FALSE(stream.error);
  ASSERT_TRUE((*admin)->create_topics(names, {1, 1}, {}, 20s));
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 100; }))
      << (stream.error ? stream.error->message : "late");
  stream.close();
  const auto written = read_all(broker.properties(), out);
  ASSERT_EQ(written.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(written[i].value, std::to_string(i));
}

TEST(AtLeastOnce, AnOutputTooLargeForItsTopicNamesBoth) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in");
  const std::string out = broker.create_topic("out", 1, {{"max.message.bytes", "50000"}});
  test::write(broker.properties(), in, {std::string(100'000, 'x')});
  Stream stream(broker.properties(), in, broker.unique_name("g"), to(out), copy_to(out));
  EXPECT_FALSE(stream.run_until([&] { return !stream.durable.empty(); }));
  ASSERT_TRUE(stream.error);
  EXPECT_THAT(stream.error->message, HasSubstr(out));
  EXPECT_THAT(stream.error->message, HasSubstr("100000 bytes"));
}

TEST(AtLeastOnce, AFatalProducerErrorLosesNothing) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in", 2);
  const std::string out = broker.create_topic("out");
  const std::string group = broker.unique_name("g");
  test::write(broker.properties(), in, numbered(3000), 0);
  test::write(broker.properties(), in, numbered(3000, 10000), 1);
  Stream stream(broker.properties(), in, group, to(out), copy_to(out));
  size_t breaks = 0;
  ASSERT_TRUE(stream.run_until([&] {
    if (stream.seen > static_cast<int64_t>(breaks + 1) * 1000 && breaks < 3) {
      stream.committer().break_producers("test");
      ++breaks;
    }
    return stream.durable.size() == 6000;
  })) << (stream.error ? stream.error->message : "late");
  EXPECT_EQ(breaks, 3u);
  stream.close();
  std::set<std::string> values;
  std::map<bool, int> last{{false, -1}, {true, -1}};
  for (const Owned& record : read_all(broker.properties(), out)) {
    const int value = std::stoi(*record.value);
    if (!values.insert(*record.value).second) continue;
    EXPECT_LT(last[value >= 10000], value) << "first copies keep their order";
    last[value >= 10000] = value;
  }
  EXPECT_EQ(values.size(), 6000u);
  EXPECT_EQ(test::total_lag(broker.properties(), group, in), 0);
}

TEST(AtLeastOnce, TwoClustersOnOneTopicNameAreRefused) {
  Broker& broker = Broker::instance();
  Metrics metrics;
  struct Nowhere final : OffsetKeeper {
    bool store(TopicPartition, Offset) override { return true; }
    Result<void> commit(std::span<const TopicPartition>, TimePoint) override { return {}; }
    int wake_fd() const override { return -1; }
  } keeper;
  CommitterSettings settings;
  settings.properties = broker.properties();
  settings.sinks = {{"t", broker.properties()}, {"t", {{"bootstrap.servers", "elsewhere:9092"}}}};
  const auto opened = AtLeastOnceCommitter::open(settings, keeper, metrics);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("two sets of Kafka properties"));
}

}  // namespace
}  // namespace weir::kafka
