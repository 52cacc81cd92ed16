#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "messages/out_record.hpp"
#include "messages/outcome.hpp"
#include "pipeline/delivery/inbox.hpp"

namespace weir {

// The value and headers of an outcome's record, without a topic (messages/encode.hpp).
using EncodeFn = std::function<OutRecord(const OutcomeChunk&, const Outcome&, Arena&)>;

struct OutRecordOptions {
  std::string topic;              // where results go
  std::string dead_letter_topic;  // empty: a failure is an outcome like any other and goes to `topic`
  std::string pipeline;           // for the headers of dead letters
  std::string node;               // the machine
  std::string instance;           // the process
  // What the topic takes of key, value and headers together; a larger result fails as output_too_large. Empty:
  // anything.
  std::function<int64_t()> max_record_bytes;
  EncodeFn encode;
  const Clock* clock = nullptr;
};

// Makes the records that outcomes cause on one branch:
//   a result      its record in `topic`, and the same to the job's reply topic
//   a tombstone   a tombstone in `topic`
//   a failure     a dead letter, unless another branch writes it; and the failed outcome to the job's reply topic
// A dead letter has the key, value and headers of the record as they came, and says in `weir.dlq.*` headers what
// happened (facts that a person or a replay needs; never payload). One per sink; one thread.
class OutRecords {
 public:
  explicit OutRecords(OutRecordOptions options) : options_(std::move(options)) {}

  // What is to be said to the delivery thread of the chunk's source: one Finished per outcome.
  std::vector<Finished> make(const OutcomeChunk& chunk);

 private:
  std::optional<ErrorCode> add(const OutcomeChunk& chunk, const Outcome& outcome, OutChunk& out) const;
  void add_failure(const OutcomeChunk& chunk, const Outcome& outcome, OutChunk& out) const;
  OutRecord dead_letter(const OutcomeChunk& chunk, const Outcome& outcome, Arena& arena) const;
  OutRecord reply(const Job& job, OutRecord record, Arena& arena) const;

  OutRecordOptions options_;
  std::string_view topic_, dead_letter_topic_;  // in the arena of the chunk being made
  size_t record_bytes_ = 1024;                  // what an outcome of the last chunk took of its arena
};

// Bytes of a record as the broker counts them, roughly: key, value, headers.
int64_t size_of(const OutRecord& record);

}  // namespace weir
