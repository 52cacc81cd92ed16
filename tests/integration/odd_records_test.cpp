// Records that no one planned for never stop the stream.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "kafka/client.hpp"
#include "tests/golden/golden.hpp"
#include "tests/golden/temp_dir.hpp"
#include "tests/golden/tiny_bert.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/process.hpp"

namespace weir::test {
namespace {

using std::chrono::seconds;

struct Seen {
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

std::map<std::string, Seen> read_topic(const KafkaProperties& kafka, const std::string& topic) {
  auto properties = kafka;
  properties["fetch.message.max.bytes"] = "16000000";
  auto reader = kafka::RecordReader::open(properties, {topic}, seconds(30));
  if (!reader) throw std::runtime_error(reader.error().message);
  std::map<std::string, Seen> all;
  for (;;) {
    auto read = (*reader)->read(std::chrono::milliseconds(200), [&all](const RawRecord& record) {
      auto& seen = all[std::string(record.key.value_or("(no key)"))];
      if (record.value) seen.value = std::string(*record.value);
      for (const auto& header : record.headers)
        seen.headers.emplace_back(header.name, header.value ? std::optional(std::string(*header.value)) : std::nullopt);
    });
    if (!read) throw std::runtime_error(read.error().message);
    if (*read == 0 && (*reader)->at_end()) return all;
  }
}

TEST(OddRecords, never_stop_the_stream) {
  auto& broker = Broker::instance();
  golden::TempDir dir;
  golden::TinyBertOptions tiny;
  tiny.vocabulary = golden::minilm_dir();
  ASSERT_TRUE(golden::write_tiny_bert(dir.path() / "tiny", tiny));
  const std::map<std::string, std::string> large{{"max.message.bytes", "10000000"}};
  const auto input = broker.create_topic("odd", 1, large);
  const auto output = broker.create_topic("odd-out", 1, large);
  const auto letters = broker.create_topic("odd-letters", 1, large);

  auto properties = broker.properties();
  properties["message.max.bytes"] = "10000000";
  auto writer = kafka::RecordWriter::open(properties, seconds(30));
  ASSERT_TRUE(writer) << writer.error().message;
  const auto write = [&](std::optional<std::string_view> key, std::optional<std::string_view> value,
                         std::vector<Header> headers = {}) {
    OutRecord record;
    record.topic = input;
    record.key = key;
    record.value = value;
    record.headers = headers;
    auto done = (*writer)->write(record);
    ASSERT_TRUE(done) << done.error().message;
  };
  std::string huge;
  while (huge.size() < 5'000'000) huge += "five megabytes of text ";
  const std::string unbroken(1'000'000, 'x');
  const std::string huge_json = R"({"text":")" + huge + R"("})";
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  write("first", R"({"text":"an ordinary one"})");
  write("huge", huge_json);
  write("unbroken", unbroken, {{"content-type", "text/plain"}});
  write("nul", std::string_view("a\0b\0\0c", 6), {{"content-type", "text/plain"}});
  write("emoji", "\xF0\x9F\x98\x80\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80", {{"content-type", "text/plain"}});
  write("nulls", R"({"text":"headers without values"})",
        {{"a", std::nullopt}, {"a", "again"}, {"", "no name"}, {"kafka_replyTopic", std::nullopt}});
  write("tombstone", std::nullopt);
  write("empty", "");
  write("empty text", R"({"text":""})");
  write("blank", "   \t\n ", {{"content-type", "text/plain"}});
  write(std::nullopt, R"({"text":"without a key"})");
  write("", R"({"text":"with an empty key"})");
  write("deep", deep);
  write("type", "<xml/>", {{"content-type", "application/xml"}});
  write("ids", R"({"token_ids":[101,7592,102]})");
  write("bad ids", R"({"token_ids":[99999999]})");
  write("reply", R"({"text":"answer me"})", {{"kafka_replyTopic", "no-such-topic-here"}, {"kafka_correlationId", "7"}});
  write("late", R"({"text":"too late","deadline_ms":1})");
  write("last", R"({"text":"an ordinary one"})");
  ASSERT_TRUE((*writer)->flush(seconds(60)));

  const auto config = dir.write("odd.yaml", fmt::format(R"(
name: odd
kafka: {{bootstrap.servers: {}, message.max.bytes: 10000000, fetch.message.max.bytes: 10000000}}
models:
  tiny: {{path: {}, task: embed}}
dataflow:
  in:     {{actor: kafka_source, topics: [{}], group: {}, format: json, until: end_of_topic}}
  model:  {{actor: model, from: in, model: tiny}}
  out:    {{actor: kafka_sink, from: model, topic: {}, format: json}}
delivery: {{dead_letter_topic: {}, breaker_share: 1}}
)",
                                                        broker.plaintext(), (dir.path() / "tiny").string(), input,
                                                        broker.unique_name("odd"), output, letters));
  Process run({WEIR_PROGRAM, "run", config.string()}, {}, dir.path() / "weir.log");
  ASSERT_EQ(run.wait(seconds(120)), 0) << run.output();

  const auto results = read_topic(broker.properties(), output);
  const auto failures = read_topic(broker.properties(), letters);
  for (const char* key : {"first", "huge", "unbroken", "nul", "emoji", "nulls", "tombstone", "empty text", "blank", "",
                          "ids", "reply", "last"})
    EXPECT_TRUE(results.contains(key)) << key << (failures.contains(key) ? " failed" : " is missing");
  EXPECT_TRUE(results.contains("(no key)"));
  for (const char* key : {"empty", "deep", "type", "bad ids", "late"}) EXPECT_TRUE(failures.contains(key)) << key;
  EXPECT_EQ(results.size() + failures.size(), 19u);
  ASSERT_TRUE(results.contains("tombstone") && results.contains("huge") && failures.contains("deep"));
  EXPECT_FALSE(results.at("tombstone").value) << "a tombstone is forwarded as one";
  EXPECT_EQ(failures.at("deep").value, deep);
  EXPECT_NE(results.at("huge").value->find("\"truncated\":true"), std::string::npos);
}

}  // namespace
}  // namespace weir::test
