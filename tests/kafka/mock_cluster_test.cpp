#include "kafka/mock_cluster.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "kafka/client.hpp"
#include "tests/kafka/stream.hpp"

namespace weir::kafka {
namespace {

using namespace std::chrono_literals;

TEST(MockCluster, KeepsWhatTheDemoWrites) {
  auto mock = MockCluster::start();
  ASSERT_TRUE(mock) << mock.error().message;
  const std::string topics[] = {"documents"};
  ASSERT_TRUE((*mock)->create_topics(topics, 3));
  ASSERT_TRUE((*mock)->create_topics(topics, 3)) << "creating it again changes nothing";
  const KafkaProperties properties = {{"bootstrap.servers", (*mock)->bootstrap_servers()}};

  auto writer = RecordWriter::open(properties, 10s);
  ASSERT_TRUE(writer) << writer.error().message;
  const Header headers[] = {{"a", "1"}, {"a", std::nullopt}, {"b", ""}};
  for (int i = 0; i < 300; ++i) {
    const std::string value = "document " + std::to_string(i);
    ASSERT_TRUE((*writer)->write({.topic = "documents", .key = value, .value = value, .headers = headers}));
  }
  ASSERT_TRUE((*writer)->flush(20s));
  EXPECT_EQ((*writer)->acknowledged(), 300);

  auto reader = RecordReader::open(properties, {"documents"}, 10s);
  ASSERT_TRUE(reader) << reader.error().message;
  int count = 0;
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!(*reader)->at_end() && std::chrono::steady_clock::now() < deadline) {
    const auto shown = (*reader)->read(200ms, [&](const RawRecord& record) {
      ++count;
      ASSERT_EQ(record.headers.size(), 3u);
      EXPECT_EQ(record.headers[0].value, "1");
      EXPECT_EQ(record.headers[1].value, std::nullopt);
      EXPECT_EQ(record.headers[2].value, "");
      EXPECT_EQ(record.key, record.value);
    });
    ASSERT_TRUE(shown) << shown.error().message;
  }
  EXPECT_EQ(count, 300);
}

TEST(MockCluster, ServesTheWholeWay) {
  auto mock = MockCluster::start();
  ASSERT_TRUE(mock) << mock.error().message;
  const std::string topics[] = {"in", "out", "dead"};
  ASSERT_TRUE((*mock)->create_topics(topics, 2));
  const KafkaProperties properties = {{"bootstrap.servers", (*mock)->bootstrap_servers()}};
  std::vector<std::string> values;
  for (int i = 0; i < 2000; ++i) values.push_back(std::to_string(i));
  test::write(properties, "in", values);

  CommitterSettings settings;
  settings.sinks = {{"out", {}}};
  settings.dead_letter_topic = "dead";
  settings.create_topics = CreateTopics{2, 1};
  const auto start = std::chrono::steady_clock::now();
  test::Stream stream(properties, "in", "group", settings, test::copy_to("out"), {.create_topics = CreateTopics{2, 1}});
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s) << "it does not describe topics: nobody waits for that";
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 2000 && stream.ends.size() == 2; }));
  stream.close();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
  EXPECT_EQ(test::read_all(properties, "out").size(), 2000u);
  EXPECT_EQ(test::total_lag(properties, "group", "in"), 0);
}

}  // namespace
}  // namespace weir::kafka
