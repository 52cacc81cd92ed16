#include <flatbuffers/flatbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/encode.hpp"
#include "messages/schema/job_generated.h"
#include "tests/messages/records.hpp"

namespace weir {
namespace {

using testing::HasSubstr;

const DecodeOptions flatbuffers_in{.format = RecordFormat::flatbuffers};

std::string whole_job() {
  Job job;
  job.input = JobInput::pair;
  job.id = "1";
  job.query = "why";
  static const std::string_view documents[]{"because", "so"};
  job.documents = documents;
  job.task = Task::score;
  job.metadata = "{}";
  return *encode_job(job, RecordFormat::flatbuffers);
}

// A job with one change that encode_job would not make.
template <typename Add>
std::string odd_job(Add add) {
  flatbuffers::FlatBufferBuilder builder;
  const auto text = builder.CreateString(std::string("a"));
  wire::JobBuilder job(builder);
  job.add_text(text);
  add(job);
  wire::FinishJobBuffer(builder, job.Finish());
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

}  // namespace

TEST(DecodeFlatbuffers, says_what_is_wrong) {
  const auto error = [](std::string_view value) { return decode_record(flatbuffers_in, value).error(); };
  EXPECT_EQ(error("").code, ErrorCode::decode_error);
  EXPECT_EQ(error("short").code, ErrorCode::verifier_failed);
  EXPECT_EQ(error(R"({"text":"a"})").code, ErrorCode::verifier_failed);
  EXPECT_THAT(error(R"({"text":"a"})").message, HasSubstr("WRJ1"));
  auto other = whole_job();
  other.replace(4, 4, "WRO1");
  EXPECT_THAT(error(other).message, HasSubstr("found 'WRO1'"));
  EXPECT_EQ(error(odd_job([](auto& job) { job.add_task(static_cast<wire::Task>(99)); })).message,
            "field task: 99 is no value of its enumeration");
  EXPECT_EQ(error(odd_job([](auto& job) { job.add_truncate(static_cast<wire::Truncate>(-1)); })).code,
            ErrorCode::invalid_request);
  EXPECT_EQ(error(odd_job([](auto& job) { job.add_priority(static_cast<wire::Lane>(2)); })).code,
            ErrorCode::invalid_request);
  EXPECT_EQ(error(odd_job([](auto& job) { job.add_dimensions(0); })).code, ErrorCode::invalid_request);
  EXPECT_EQ(error(odd_job([](auto& job) { job.add_deadline_ms(-5); })).code, ErrorCode::invalid_request);
  EXPECT_EQ(decode_record(flatbuffers_in, odd_job([](auto&) {})).job().text, "a");
}

TEST(DecodeFlatbuffers, strings_must_be_utf8_or_are_replaced) {
  Job job;
  job.text = "a\xFF";
  const auto value = *encode_job(job, RecordFormat::flatbuffers);
  EXPECT_EQ(decode_record(flatbuffers_in, value).error().code, ErrorCode::decode_error);
  const auto replaced =
      decode_record({.format = RecordFormat::flatbuffers, .invalid_utf8 = InvalidUtf8::replace}, value);
  EXPECT_EQ(replaced.job().text, "a\uFFFD");
  EXPECT_TRUE(replaced.job().replaced_utf8);
}

TEST(DecodeFlatbuffers, metadata_that_is_no_json_is_marked) {
  Job job;
  for (const auto& [metadata, is_json] :
       {std::pair{"{\"a\":1}", true}, {"{\"a\":1}}", false}, {"\xFF", false}, {" 5 ", true}}) {
    job.metadata = metadata;
    const auto record = decode_record(flatbuffers_in, *encode_job(job, RecordFormat::flatbuffers));
    EXPECT_EQ(record.job().metadata, metadata);
    EXPECT_EQ(record.job().metadata_is_json, is_json) << metadata;
  }
}

TEST(DecodeFlatbuffers, reads_at_any_address) {
  const auto value = whole_job();
  auto decoder = Decoder::make(flatbuffers_in);
  for (size_t shift = 0; shift < 8; ++shift) {
    JobChunk chunk;
    char* at = chunk.arena.allocate(value.size() + shift, 8) + shift;
    std::memcpy(at, value.data(), value.size());
    Job& job = chunk.jobs.emplace_back();
    job.value.emplace(at, value.size());
    ASSERT_EQ(decoder->decode(chunk, job), Decoded::job);
    EXPECT_EQ(job.documents[1], "so");
  }
}

TEST(DecodeFlatbuffers, survives_every_truncation_and_bit_flip) {
  const auto value = whole_job();
  auto decoder = Decoder::make(flatbuffers_in);
  for (size_t size = 0; size < value.size(); ++size) {
    // Some tail bytes are padding, so a cut of them may pass.
    const auto record = decode_record(*decoder, std::string_view(value).substr(0, size));
    EXPECT_TRUE(record.result == Decoded::failed || value.size() - size < 8) << size;
  }
  for (size_t bit = 0; bit < value.size() * 8; ++bit) {
    auto flipped = value;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto record = decode_record(*decoder, flipped);
    size_t read = record.job().text.size() + record.job().query.size();
    for (const auto document : record.job().documents) read += document.size();
    EXPECT_LE(read, 3 * value.size());
  }
  std::mt19937 random(2);
  for (int seed = 0; seed < 20'000; ++seed) {
    auto garbled = value;
    for (int n = 0; n < 4; ++n) garbled[random() % garbled.size()] = static_cast<char>(random());
    decode_record(*decoder, garbled);
  }
}

}  // namespace weir
