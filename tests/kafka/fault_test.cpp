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

struct Copying {
  Broker& broker = Broker::instance();
  std::string in = broker.create_topic("in", 2);
  std::string out = broker.create_topic("out", 2);
  std::string group = broker.unique_name("g");

  explicit Copying(int count) {
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) values.push_back(std::to_string(i));
    test::write(broker.properties(), in, values);
  }

  std::unique_ptr<Stream> stream() {
    CommitterSettings settings;
    settings.sinks = {{out, {}}};
    return std::make_unique<Stream>(broker.properties(), in, group, settings, copy_to(out));
  }

  void expect_all(size_t count) {
    std::set<std::string> seen;
    for (const Owned& record : read_all(broker.properties(), out)) seen.insert(*record.value);
    EXPECT_EQ(seen.size(), count);
    EXPECT_EQ(test::total_lag(broker.properties(), group, in), 0);
  }
};

void run_for(Stream& stream, Duration time) {
  const auto start = std::chrono::steady_clock::now();
  (void)stream.run_until([&] { return std::chrono::steady_clock::now() - start > time; }, time + 1s);
}

TEST(Faults, ABrokerFrozenFor20SecondsLosesNothing) {
  Copying copying(4000);
  const auto stream = copying.stream();
  stream->room = 1000;
  ASSERT_TRUE(stream->run_until([&] { return stream->seen == 1000; }));
  copying.broker.freeze();
  stream->room = 500;
  run_for(*stream, 20s);
  copying.broker.thaw();
  EXPECT_FALSE(stream->error) << stream->error->message;
  stream->room = INT64_MAX;
  ASSERT_TRUE(stream->run_until([&] { return stream->ends.size() == 2 && stream->committer().pending_bytes() == 0; }));
  stream->close();
  copying.expect_all(4000);
}

TEST(Faults, ABrokerKilledAndRestartedLosesNothing) {
  Copying copying(4000);
  const auto stream = copying.stream();
  stream->room = 1000;
  ASSERT_TRUE(stream->run_until([&] { return stream->seen == 1000; }));
  copying.broker.kill();
  stream->room = 500;
  run_for(*stream, 2s);
  copying.broker.restart();
  EXPECT_FALSE(stream->error) << stream->error->message;
  stream->room = INT64_MAX;
  ASSERT_TRUE(stream->run_until([&] { return stream->ends.size() == 2 && stream->committer().pending_bytes() == 0; }))
      << (stream->error ? stream->error->message : "late");
  stream->close();
  copying.expect_all(4000);
}

TEST(Faults, DrainingWithoutABrokerEndsAtTheLimit) {
  Copying copying(500);
  const auto stream = copying.stream();
  ASSERT_TRUE(stream->run_until([&] { return stream->seen >= 1; }));
  copying.broker.freeze();
  run_for(*stream, 200ms);
  const auto start = std::chrono::steady_clock::now();
  const auto drained = stream->committer().drain(start + 2s);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  copying.broker.thaw();
  EXPECT_TRUE(drained || drained.error().code == ErrorCode::unavailable);
}

}  // namespace
}  // namespace weir::kafka
