#include <chrono>
#include <set>

#include <gmock/gmock.h>

#include "tests/integration/broker.hpp"
#include "tests/kafka/stream.hpp"

namespace weir::kafka {
namespace {

using namespace std::chrono_literals;
using test::copy_to;
using test::Owned;
using test::read_all;
using test::Stream;
using weir::test::Broker;

size_t assigned(const Stream& stream) {
  size_t count = 0;
  for (const SourceEvent& event : stream.events) {
    if (event.kind == SourceEvent::Kind::assigned) count += event.partitions.size();
    if (event.kind == SourceEvent::Kind::revoke || event.kind == SourceEvent::Kind::lost)
      count -= event.partitions.size();
  }
  return count;
}

// Two members share the partitions; one leaves in the middle; the other ends the work.
TEST(Group, AMemberJoinsAndLeavesAndNothingIsLost) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in", 4);
  const std::string out = broker.create_topic("out", 2);
  const std::string group = broker.unique_name("g");
  for (int p = 0; p < 4; ++p) {
    std::vector<std::string> values;
    for (int i = 0; i < 3000; ++i) values.push_back(std::to_string(p * 10000 + i));
    test::write(broker.properties(), in, values, p);
  }
  CommitterSettings settings;
  settings.sinks = {{out, {}}};
  Stream first(broker.properties(), in, group, settings, copy_to(out));
  first.room = 2000;
  ASSERT_TRUE(first.run_until([&] { return first.durable.size() == 2000; }));

  Stream second(broker.properties(), in, group, settings, copy_to(out));
  second.room = 3000;
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while ((second.durable.size() < 3000 || assigned(first) != 2) && std::chrono::steady_clock::now() < deadline) {
    first.step(5ms);
    second.step(5ms);
  }
  EXPECT_EQ(assigned(first), 2u);
  EXPECT_EQ(assigned(second), 2u);
  EXPECT_EQ(second.durable.size(), 3000u);
  second.room = 0;
  second.close();

  first.room = INT64_MAX;
  ASSERT_TRUE(first.run_until([&] { return first.ends.size() == 4 && first.committer().pending_bytes() == 0; }));
  first.close();
  std::set<std::string> values;
  const auto written = read_all(broker.properties(), out);
  for (const Owned& record : written) values.insert(*record.value);
  EXPECT_EQ(values.size(), 12000u);
  EXPECT_EQ(written.size(), 12000u) << "a planned leave repeats nothing either";
  EXPECT_EQ(test::total_lag(broker.properties(), group, in), 0);
}

// A member that goes without a word: its partitions come back after the session, what was not committed comes again.
TEST(Group, AMemberThatVanishesLosesNothing) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in", 2);
  const std::string out = broker.create_topic("out");
  const std::string group = broker.unique_name("g");
  std::vector<std::string> values;
  for (int i = 0; i < 2000; ++i) values.push_back(std::to_string(i));
  test::write(broker.properties(), in, values);
  CommitterSettings settings;
  settings.sinks = {{out, {}}};
  {
    Stream gone(broker.properties(), in, group, settings, copy_to(out));
    gone.room = 700;
    ASSERT_TRUE(gone.run_until([&] { return gone.seen == 700; }));
  }
  Stream heir(broker.properties(), in, group, settings, copy_to(out));
  ASSERT_TRUE(heir.run_until([&] { return heir.ends.size() == 2 && heir.committer().pending_bytes() == 0; }));
  heir.close();
  std::set<std::string> seen;
  for (const Owned& record : read_all(broker.properties(), out)) seen.insert(*record.value);
  EXPECT_EQ(seen.size(), 2000u);
  EXPECT_EQ(test::total_lag(broker.properties(), group, in), 0);
}

TEST(Group, AnUnreadPartitionKeepsItsPlace) {
  Broker& broker = Broker::instance();
  const std::string in = broker.create_topic("in", 2);
  const std::string out = broker.create_topic("out");
  test::write(broker.properties(), in, std::vector<std::string>(5000, std::string(500, 'x')));
  KafkaProperties impatient = broker.properties();
  impatient["max.poll.interval.ms"] = "6000";
  CommitterSettings settings;
  settings.sinks = {{out, broker.properties()}};
  settings.properties = broker.properties();
  Stream stream(impatient, in, broker.unique_name("g"), settings, copy_to(out));
  stream.room = 100;
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(stream.run_until([&] { return std::chrono::steady_clock::now() - start > 8s; }));
  EXPECT_EQ(assigned(stream), 2u) << "no room for 8 s, max.poll.interval.ms 6 s: still a member";
  for (const SourceEvent& event : stream.events)
    EXPECT_TRUE(event.kind == SourceEvent::Kind::assigned || event.kind == SourceEvent::Kind::end);
  stream.room = INT64_MAX;
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 5000; }));
}

}  // namespace
}  // namespace weir::kafka
