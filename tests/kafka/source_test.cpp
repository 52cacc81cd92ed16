#include "kafka/source.hpp"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>

#include "tests/integration/broker.hpp"
#include "tests/kafka/stream.hpp"

namespace weir::kafka {
namespace {

using namespace std::chrono_literals;
using test::Owned;
using testing::HasSubstr;
using weir::test::Broker;

struct Watch {
  std::unique_ptr<KafkaSource> source;
  std::vector<SourceEvent> events;
  std::vector<Owned> records;

  explicit Watch(const KafkaSourcePlan& plan, const SourceSettings& settings = {}) {
    auto opened = KafkaSource::open(plan, settings);
    EXPECT_TRUE(opened) << opened.error().message;
    if (opened) source = std::move(*opened);
  }

  bool wait_for(const std::function<bool()>& done, Duration limit = 20s) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      auto happened = source->events(50ms);
      if (!happened) return false;
      for (auto& event : *happened) events.push_back(std::move(event));
    }
    return done();
  }

  size_t count(SourceEvent::Kind kind) const {
    return std::ranges::count_if(events, [&](const SourceEvent& event) { return event.kind == kind; });
  }
};

KafkaSourcePlan plan_for(const std::string& topic, const std::string& group, KafkaProperties properties) {
  KafkaSourcePlan plan;
  plan.topics = {topic};
  plan.group = group;
  plan.properties = std::move(properties);
  return plan;
}

TEST(KafkaSource, ShowsKeysHeadersAndMissingValues) {
  Broker& broker = Broker::instance();
  const std::string topic = broker.create_topic("shapes");
  const Header headers[] = {{"trace", "1"}, {"trace", "2"}, {"none", std::nullopt}, {"empty", ""}};
  const std::string binary("a\0b", 3);
  test::write(broker.properties(),
              {.topic = topic, .key = binary, .value = "v", .headers = headers, .timestamp_ms = 1234567});
  test::write(broker.properties(), {.topic = topic, .key = "k", .value = std::nullopt, .headers = {}});
  test::write(broker.properties(), {.topic = topic, .key = std::nullopt, .value = "", .headers = {}});
  test::write(broker.properties(), {.topic = topic, .key = "", .value = "x", .headers = {}});

  Watch watch(plan_for(topic, broker.unique_name("g"), broker.properties()));
  ASSERT_TRUE(watch.wait_for([&] { return !watch.events.empty(); }));
  ASSERT_EQ(watch.events[0].kind, SourceEvent::Kind::assigned);
  ASSERT_EQ(watch.events[0].partitions, (std::vector<TopicPartition>{{0, 0}}));
  int64_t timestamp = 0;
  ASSERT_TRUE(watch.wait_for([&] {
    (void)watch.source->poll({0, 0}, 100, 1 << 20, [&](const RawRecord& record) {
      watch.records.push_back(test::owned(record));
      if (record.offset.value == 0) timestamp = record.timestamp_ms;
    });
    return watch.records.size() == 4 && watch.count(SourceEvent::Kind::end) == 1;
  }));
  const Owned& first = watch.records[0];
  EXPECT_EQ(first.key, binary);
  EXPECT_EQ(timestamp, 1234567);
  ASSERT_EQ(first.headers.size(), 4u);
  EXPECT_EQ(first.headers[0], (std::pair<std::string, std::optional<std::string>>("trace", "1")));
  EXPECT_EQ(first.headers[1].second, "2");
  EXPECT_EQ(first.headers[2].second, std::nullopt);
  EXPECT_EQ(first.headers[3].second, "");
  EXPECT_EQ(watch.records[1].value, std::nullopt) << "a tombstone";
  EXPECT_EQ(watch.records[2].key, std::nullopt);
  EXPECT_EQ(watch.records[2].value, "");
  EXPECT_EQ(watch.records[3].key, "");
  EXPECT_EQ(watch.events.back().next, Offset{4});
  EXPECT_EQ(watch.source->end_offset({0, 0}), Offset{4});
  EXPECT_TRUE(watch.source->close());
}

TEST(KafkaSource, ReadsNoMoreThanAskedAndEndsEveryPartition) {
  Broker& broker = Broker::instance();
  const std::string topic = broker.create_topic("bounded", 3);
  test::write(broker.properties(), topic, std::vector<std::string>(50, std::string(1000, 'x')), 1);
  Watch watch(plan_for(topic, broker.unique_name("g"), broker.properties()));
  ASSERT_TRUE(watch.wait_for([&] { return !watch.events.empty(); }));
  const TopicPartition full{0, 1};
  const auto ignore = [](const RawRecord&) {};
  uint32_t got = 0;
  ASSERT_TRUE(watch.wait_for([&] { return (got = watch.source->poll(full, 7, 1 << 20, ignore).value()) > 0; }));
  EXPECT_LE(got, 7u);
  EXPECT_LE(watch.source->poll(full, 100, 2500, ignore).value(), 3u) << "ends with the record that reaches the bytes";
  EXPECT_EQ(watch.source->poll({0, 9}, 100, 2500, ignore).value(), 0u) << "not ours";
  ASSERT_TRUE(watch.wait_for([&] {
    for (int32_t p = 0; p < 3; ++p) (void)watch.source->poll({0, p}, 100, 1 << 20, ignore);
    return watch.count(SourceEvent::Kind::end) == 3;
  })) << "empty partitions end too";
}

TEST(KafkaSource, SleepsUntilARecordOrAWake) {
  Broker& broker = Broker::instance();
  const std::string topic = broker.create_topic("sleepy");
  Watch watch(plan_for(topic, broker.unique_name("g"), broker.properties()));
  const auto ignore = [](const RawRecord&) {};
  ASSERT_TRUE(watch.wait_for([&] {
    (void)watch.source->poll({0, 0}, 10, 1 << 20, ignore);
    return watch.count(SourceEvent::Kind::end) == 1;
  }));
  (void)watch.source->events(1ms);

  watch.source->wake();
  auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(watch.source->events(10s));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s) << "a wake before the sleep counts";

  std::thread writer([&] { test::write(broker.properties(), topic, {"now"}); });
  start = std::chrono::steady_clock::now();
  uint32_t got = 0;
  while (got == 0 && std::chrono::steady_clock::now() - start < 20s) {
    ASSERT_TRUE(watch.source->events(10s));
    got = watch.source->poll({0, 0}, 10, 1 << 20, ignore).value();
  }
  writer.join();
  EXPECT_EQ(got, 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 9s) << "the arrival ends the sleep";
}

TEST(KafkaSource, RefusesToStartWithAReason) {
  Broker& broker = Broker::instance();
  const auto refused = [&](const KafkaSourcePlan& plan, SourceSettings settings = {}) {
    settings.start_limit = 3s;
    auto opened = KafkaSource::open(plan, settings);
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  };
  const std::string missing = broker.unique_name("missing");
  EXPECT_THAT(refused(plan_for(missing, "g", broker.properties())).message, HasSubstr(missing));
  EXPECT_EQ(refused(plan_for(missing, "g", {{"bootstrap.servers", "127.0.0.1:1"}})).code, ErrorCode::unavailable);
  EXPECT_EQ(refused(plan_for("^doc.*", "g", broker.properties())).code, ErrorCode::unsupported);

  Watch made(plan_for(missing, broker.unique_name("g"), broker.properties()), {.create_topics = CreateTopics{5, 1}});
  EXPECT_EQ(made.source->partitions(), 5);
}

}  // namespace
}  // namespace weir::kafka
