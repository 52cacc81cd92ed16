#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/encode.hpp"
#include "tests/messages/records.hpp"

namespace weir {

using testing::HasSubstr;

namespace {

Error header_error(const Header& header) { return decode_record(DecodeOptions{}, R"({"text":"a"})", {header}).error(); }

}  // namespace

TEST(Decode, headers_win_over_the_value) {
  const auto record = decode_record(DecodeOptions{}, R"({"text":"a","deadline_ms":5,"priority":"bulk"})",
                                    {{"weir-deadline-ms", "1700000000001"},
                                     {"weir-priority", "realtime"},
                                     {"kafka_replyTopic", "answers.v1"},
                                     {"kafka_correlationId", std::string_view("\0\xFF", 2)}});
  EXPECT_EQ(record.job().deadline_ms, 1700000000001);
  EXPECT_EQ(record.job().priority, Lane::realtime);
  EXPECT_EQ(record.job().reply_topic, "answers.v1");
  EXPECT_EQ(record.job().correlation_id, std::string_view("\0\xFF", 2));
  const auto plain = decode_record(DecodeOptions{}, R"({"text":"a","deadline_ms":5})",
                                   {{"Reply-Topic", "r"}, {"correlation-id", "c"}});
  EXPECT_EQ(plain.job().deadline_ms, 5);
  EXPECT_EQ(plain.job().reply_topic, "r");
  EXPECT_EQ(plain.job().correlation_id, "c");
}

TEST(Decode, of_repeated_headers_the_last_with_a_value_counts) {
  const auto record =
      decode_record(DecodeOptions{}, R"({"text":"a"})",
                    {{"reply-topic", "first"}, {"reply-topic", "last"}, {"reply-topic", std::nullopt}, {"", ""}});
  EXPECT_EQ(record.job().reply_topic, "last");
  EXPECT_EQ(record.job().headers.size(), 4u);
  EXPECT_FALSE(record.job().headers[2].value);
}

TEST(Decode, bad_headers_are_named) {
  EXPECT_THAT(header_error({"weir-deadline-ms", "soon"}).message, HasSubstr("weir-deadline-ms: 'soon'"));
  EXPECT_THAT(header_error({"weir-deadline-ms", "-1"}).message, HasSubstr("weir-deadline-ms"));
  EXPECT_THAT(header_error({"weir-deadline-ms", ""}).message, HasSubstr("weir-deadline-ms"));
  EXPECT_THAT(header_error({"weir-priority", "high"}).message, HasSubstr("weir-priority: 'high'"));
  for (const auto topic : {"", ".", "..", "a b", "a/b", "é"})
    EXPECT_EQ(header_error({"kafka_replyTopic", topic}).code, ErrorCode::invalid_request) << topic;
  EXPECT_EQ(header_error({"reply-topic", std::string(250, 'a')}).code, ErrorCode::invalid_request);
}

TEST(Decode, the_content_type_names_the_format) {
  const auto text = [](std::string_view type, std::string_view value) {
    return decode_record(DecodeOptions{.format = RecordFormat::text}, value, {{"Content-Type", type}});
  };
  EXPECT_EQ(text("application/json", R"({"text":"a"})").job().text, "a");
  EXPECT_EQ(text("APPLICATION/JSON; charset=utf-8", R"({"text":"a"})").job().text, "a");
  EXPECT_EQ(text("application/vnd.my+json", R"({"text":"a"})").job().text, "a");
  EXPECT_EQ(text("text/plain;charset=\"UTF-8\"", "a").job().text, "a");
  Job job;
  job.text = "fb";
  EXPECT_EQ(text("application/vnd.weir.job+flatbuffers", *encode_job(job, RecordFormat::flatbuffers)).job().text, "fb");
  EXPECT_THAT(text("image/png", "a").error().message, HasSubstr("'image/png' is none of application/json"));
  EXPECT_EQ(text("text/plain; charset=latin1", "a").error().code, ErrorCode::unsupported_content_type);
  EXPECT_EQ(text("", "a").error().code, ErrorCode::unsupported_content_type);
  EXPECT_EQ(
      decode_record(DecodeOptions{.format = RecordFormat::text}, "a", {{"content-type", std::nullopt}}).job().text,
      "a");
}

TEST(Decode, tombstones_go_as_the_stage_says) {
  EXPECT_EQ(decode_record(DecodeOptions{}, std::nullopt).job().input, JobInput::tombstone);
  EXPECT_EQ(decode_record({.tombstones = Tombstones::skip}, std::nullopt).result, Decoded::skipped);
  EXPECT_EQ(decode_record({.tombstones = Tombstones::reject}, std::nullopt).error().code, ErrorCode::invalid_request);
  const auto strange =
      decode_record(DecodeOptions{}, std::nullopt, {{"content-type", "image/png"}, {"weir-schema", std::nullopt}});
  EXPECT_EQ(strange.result, Decoded::job);
}

TEST(Decode, records_that_no_one_planned_for) {
  const DecodeOptions text{.format = RecordFormat::text};
  EXPECT_EQ(decode_record(text, "").job().input, JobInput::text);
  EXPECT_EQ(decode_record(text, "").result, Decoded::job);
  const std::string nul("a\0b", 3);
  EXPECT_EQ(decode_record(text, nul).job().text, nul);
  EXPECT_EQ(decode_record(text, "😀😀").job().text, "😀😀");
  EXPECT_EQ(decode_record(text, "a\xFF").error().code, ErrorCode::decode_error);
  const std::string big(5 << 20, 'x');
  EXPECT_EQ(decode_record(text, big).job().text, big);
  EXPECT_EQ(decode_record(DecodeOptions{}, R"({"text":")" + big + R"("})").job().text, big);
  Job job;
  job.text = big;
  EXPECT_EQ(
      decode_record({.format = RecordFormat::flatbuffers}, *encode_job(job, RecordFormat::flatbuffers)).job().text,
      big);
  EXPECT_EQ(decode_record({.format = RecordFormat::text, .max_value_bytes = 100}, big).error().message,
            "the value is longer than the limit of 100 bytes");
}

TEST(Decode, one_decoder_reads_records_of_all_sizes) {
  auto decoder = Decoder::make({});
  for (const size_t size : {1u, 100u, 3'000'000u, 7u, 40'000u, 2'000'000u, 0u}) {
    const std::string text(size, 'y');
    EXPECT_EQ(decode_record(*decoder, R"({"text":")" + text + R"("})").job().text, text);
  }
}

TEST(Decode, a_record_is_copied_whole) {
  const std::string key("k\0", 2);
  const std::vector<Header> headers{{"a", "1"}, {"b", std::nullopt}};
  Arena arena;
  Job job;
  copy_record(key, std::nullopt, headers, arena, job);
  EXPECT_EQ(job.key, key);
  EXPECT_NE(job.key->data(), key.data());
  EXPECT_FALSE(job.value);
  EXPECT_EQ(job.headers[0].value, "1");
  EXPECT_NE(job.headers[0].value->data(), headers[0].value->data());
  EXPECT_FALSE(job.headers[1].value);
  copy_record(std::nullopt, "", {}, arena, job);
  EXPECT_FALSE(job.key);
  EXPECT_EQ(job.value, "");
}

}  // namespace weir
