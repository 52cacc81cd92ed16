#include "kafka/mock_cluster.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "kafka/client.hpp"

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

}  // namespace
}  // namespace weir::kafka
