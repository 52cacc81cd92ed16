// Bytes that producers and consumers have stored: a schema change that breaks them needs a new file identifier.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/encode.hpp"
#include "messages/read_outcome.hpp"
#include "tests/messages/outcomes.hpp"
#include "tests/messages/records.hpp"

namespace weir {
namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string bytes(std::string_view hex) {
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

constexpr std::string_view golden_job =
    "3000000057524a31000000000000220034003000000000002c0000002800240023001c001b001a0014001300080004002200"
    "0000300000000068e5cf8b010000000000002800000000000200400000000000000220000000240000003c00000040000000"
    "030000005b315d000100000070000000010000006d0000000200000010000000040000000300000062c3a900010000006100"
    "000001000000710000000100000037000000";
constexpr std::string_view golden_outcome =
    "4000000057524f3100000000000032003800340030002c0028002700000020001c001b001400000000000000000000000000"
    "00000000000013000c0008000400320000003400000007000000020000000000000180000000000000010200000001000000"
    "0000000018000000240000003400000054000000030000005b315d000b0000007368613235363a3031323300040000007469"
    "6e7900000a001400040008000c000a00000010000000030000002a0000000000000009000000646f63756d656e7473000000"
    "0400000069642d3100000000020000000000803f000000bf";

}  // namespace

TEST(Golden, a_job_as_a_flatbuffer) {
  const auto record = decode_record({.format = RecordFormat::flatbuffers}, bytes(golden_job));
  const Job& job = record.job();
  ASSERT_EQ(record.error().message, "no error");
  EXPECT_EQ(job.id, "7");
  EXPECT_EQ(job.query, "q");
  EXPECT_THAT(job.documents, testing::ElementsAre("a", "bé"));
  EXPECT_EQ(job.model, "m");
  EXPECT_EQ(job.task, Task::score);
  EXPECT_EQ(job.dimensions, 64u);
  EXPECT_EQ(job.use_activation, false);
  EXPECT_EQ(job.truncate, Truncate::none);
  EXPECT_EQ(job.prompt_name, "p");
  EXPECT_EQ(job.priority, Lane::realtime);
  EXPECT_EQ(job.deadline_ms, 1'700'000'000'000);
  EXPECT_EQ(job.metadata, "[1]");
  EXPECT_EQ(hex(*encode_job(job, RecordFormat::flatbuffers)), golden_job);
}

TEST(Golden, an_outcome_as_a_flatbuffer) {
  OneOutcome one(Task::embed, {1, -0.5f}, 1);
  one.outcome().normalized = true;
  one.outcome().dropped_tokens = 2;
  one.job().metadata = "[1]";
  Arena arena;
  EXPECT_EQ(hex(*OutcomeEncoder({.format = RecordFormat::flatbuffers}).encode(one.chunk, one.outcome(), arena).value),
            golden_outcome);
  const auto read = read_outcome(bytes(golden_outcome), RecordFormat::flatbuffers);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->values, testing::ElementsAre(1, -0.5f));
  EXPECT_EQ(read->offset, 42);
  EXPECT_EQ(read->prompt_tokens, 7u);
}

}  // namespace weir
