// A good record allocates from its arena only. The counter stands in place of the global allocator of this test
// program.
#include <cstdlib>

#include <gtest/gtest.h>

#include "messages/encode.hpp"
#include "tests/fakes/counted_allocations.hpp"
#include "tests/messages/outcomes.hpp"
#include "tests/messages/records.hpp"

namespace weir {
namespace {

constexpr int records = 200;

size_t allocations_of_decoding(const DecodeOptions& options, std::string_view value) {
  auto decoder = Decoder::make(options);
  JobChunk chunk{nullptr, Lane::bulk, Arena(1 << 20), {}, {}};
  chunk.jobs.resize(records + 1);
  const std::vector<Header> headers{{"content-type", "application/json"}, {"trace", std::nullopt}};
  const std::span<const Header> given =
      options.format == RecordFormat::json ? std::span(headers) : std::span<const Header>();
  size_t before = 0;
  for (int i = 0; i <= records; ++i) {
    copy_record("key", value, given, chunk.arena, chunk.jobs[i]);
    EXPECT_EQ(decoder->decode(chunk, chunk.jobs[i]), Decoded::job);
    if (i == 0) before = test::allocations();  // the first one makes the scratch space
  }
  EXPECT_GT(before, 0u) << "nobody counts";
  return test::allocations() - before;
}

}  // namespace

TEST(Allocations, decoding_makes_none) {
  constexpr std::string_view json =
      R"({"id":5,"query":"q\n","documents":["a\u00e9","b"],"task":"score","metadata":{"a":[1,2]},"x":null,"deadline_ms":5})";
  EXPECT_EQ(allocations_of_decoding({}, json), 0u);
  EXPECT_EQ(allocations_of_decoding(
                {.fields = {{"query", "/query"}, {"documents", "/documents"}, {"id", "/metadata/a/0"}}}, json),
            0u);
  const auto decoded = decode_record(DecodeOptions{}, json);
  const auto flatbuffer = *encode_job(decoded.job(), RecordFormat::flatbuffers);
  EXPECT_EQ(allocations_of_decoding({.format = RecordFormat::flatbuffers}, flatbuffer), 0u);
  EXPECT_EQ(allocations_of_decoding({.format = RecordFormat::text}, "plain"), 0u);
}

TEST(Allocations, encoding_vectors_makes_none) {
  OneOutcome one(Task::embed, std::vector<float>(384, 0.125f), 1);
  for (const auto format : {RecordFormat::flatbuffers, RecordFormat::json, RecordFormat::text}) {
    OutcomeEncoder encoder({.format = format});
    Arena arena(4 << 20);
    encoder.encode(one.chunk, one.outcome(), arena);
    const size_t before = test::allocations();
    for (int i = 0; i < records; ++i) encoder.encode(one.chunk, one.outcome(), arena);
    EXPECT_EQ(test::allocations() - before, 0u) << to_string(format);
  }
}

}  // namespace weir
