#include <gtest/gtest.h>

#include "messages/encode.hpp"
#include "tests/messages/records.hpp"

namespace weir {

TEST(JobRoundTrip, flatbuffers_and_json_give_the_same_job_back) {
  auto json = Decoder::make({.format = RecordFormat::json});
  auto flatbuffers = Decoder::make({.format = RecordFormat::flatbuffers});
  RandomJobs jobs(7);
  for (int i = 0; i < 5000; ++i) {
    const Job job = jobs.next();
    const auto as_json = encode_job(job, RecordFormat::json);
    const auto as_flatbuffer = encode_job(job, RecordFormat::flatbuffers);
    ASSERT_TRUE(as_json && as_flatbuffer);
    const auto from_json = decode_record(*json, *as_json);
    const auto from_flatbuffer = decode_record(*flatbuffers, *as_flatbuffer);
    ASSERT_EQ(from_json.error().message, "no error") << *as_json;
    ASSERT_EQ(from_flatbuffer.error().message, "no error");
    expect_equal(from_json.job(), job);
    expect_equal(from_flatbuffer.job(), job);
    ASSERT_FALSE(HasFailure()) << *as_json;
  }
}

TEST(JobRoundTrip, text_carries_a_text_only) {
  Job job;
  job.text = "a prompt";
  EXPECT_EQ(*encode_job(job, RecordFormat::text), "a prompt");
  job.id = "1";
  EXPECT_EQ(encode_job(job, RecordFormat::text).error().code, ErrorCode::invalid_request);
  job = {};
  job.input = JobInput::tombstone;
  EXPECT_FALSE(encode_job(job, RecordFormat::json));
}

}  // namespace weir
