#pragma once
// Decodes records as a source would, and compares jobs.

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "messages/decode.hpp"

namespace weir {

// One record decoded: the job and its chunk.
struct DecodedRecord {
  std::unique_ptr<JobChunk> chunk = std::make_unique<JobChunk>();
  Decoded result = Decoded::job;

  const Job& job() const { return chunk->jobs.front(); }
  const Error& error() const {
    static const Error none{ErrorCode::internal, "no error"};
    return job().error < 0 ? none : chunk->errors.at(job().error);
  }
};

inline DecodedRecord decode_record(Decoder& decoder, std::optional<std::string_view> value,
                                   const std::vector<Header>& headers = {}) {
  DecodedRecord record;
  record.chunk->jobs.emplace_back();
  copy_record("key", value, headers, record.chunk->arena, record.chunk->jobs.front());
  record.result = decoder.decode(*record.chunk, record.chunk->jobs.front());
  EXPECT_EQ(record.result == Decoded::failed, record.job().error >= 0);
  return record;
}

inline DecodedRecord decode_record(const DecodeOptions& options, std::optional<std::string_view> value,
                                   const std::vector<Header>& headers = {}) {
  auto decoder = Decoder::make(options);
  EXPECT_TRUE(decoder) << decoder.error().message;
  return decode_record(*decoder, value, headers);
}

inline void expect_equal(const Job& a, const Job& b) {
  EXPECT_EQ(a.input, b.input);
  EXPECT_EQ(a.text, b.text);
  EXPECT_TRUE(std::equal(a.token_ids.begin(), a.token_ids.end(), b.token_ids.begin(), b.token_ids.end()));
  EXPECT_EQ(a.query, b.query);
  EXPECT_TRUE(std::equal(a.documents.begin(), a.documents.end(), b.documents.begin(), b.documents.end()));
  EXPECT_EQ(a.one_document, b.one_document);
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.task, b.task);
  EXPECT_EQ(a.dimensions, b.dimensions);
  EXPECT_EQ(a.use_activation, b.use_activation);
  EXPECT_EQ(a.truncate, b.truncate);
  EXPECT_EQ(a.prompt_name, b.prompt_name);
  EXPECT_EQ(a.priority, b.priority);
  EXPECT_EQ(a.deadline_ms, b.deadline_ms);
  EXPECT_EQ(a.metadata, b.metadata);
  EXPECT_EQ(a.metadata_is_json, b.metadata_is_json);
}

// Random jobs; the strings they view live here.
class RandomJobs {
 public:
  explicit RandomJobs(uint32_t seed) : random_(seed) {}

  Job next() {
    Job job;
    job.input = static_cast<JobInput>(below(3));
    if (job.input == JobInput::text) job.text = text();
    if (job.input == JobInput::token_ids) {
      auto ids = arena_.array<int32_t>(1 + below(20));
      for (auto& id : ids) id = static_cast<int32_t>(below(1u << 31));
      job.token_ids = ids;
    }
    if (job.input == JobInput::pair) {
      job.query = text();
      job.one_document = below(2) == 0;
      auto documents = arena_.array<std::string_view>(job.one_document ? 1 : 1 + below(5));
      for (auto& document : documents) document = text();
      job.documents = documents;
    }
    if (below(2)) job.id = text();
    if (below(2)) job.model = text();
    if (below(2)) job.prompt_name = text();
    if (below(2)) job.task = static_cast<Task>(below(6));
    if (below(2)) job.dimensions = 1 + below(~0u);
    if (below(2)) job.use_activation = below(2) == 0;
    if (below(2)) job.truncate = static_cast<Truncate>(below(3));
    if (below(2)) job.priority = static_cast<Lane>(below(2));
    if (below(2)) job.deadline_ms = static_cast<int64_t>(below(~0u)) << below(31);
    if (below(2)) job.metadata = metadata();
    return job;
  }

 private:
  uint32_t below(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }

  // Valid UTF-8 of all lengths, with NUL bytes, quotes, backslashes, controls.
  std::string_view text() {
    static const std::vector<std::string_view> parts{
        "a", "word ", "\"", "\\",     "\n", "\x01", std::string_view("\0", 1),
        "é", "漢",    "😀",  "\u2028", "/",  "{",    "\xEF\xBB\xBF"};
    std::string out;
    for (uint32_t n = below(30); n > 0; --n) out += parts[below(static_cast<uint32_t>(parts.size()))];
    return arena_.copy(out);
  }

  std::string_view metadata() {
    static const std::vector<std::string_view> values{"null",
                                                      "true",
                                                      "-1.5e-3",
                                                      R"("a\u0000b")",
                                                      "[]",
                                                      R"({"a":[1,{"b":null}],"c":"d"})",
                                                      R"({ "spaced" : [ 1 , 2 ] })"};
    return values[below(static_cast<uint32_t>(values.size()))];
  }

  std::mt19937 random_;
  Arena arena_;
};

}  // namespace weir
