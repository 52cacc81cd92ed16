#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "messages/outcome.hpp"
#include "pipeline/flow/batching.hpp"
#include "pipeline/flow/chunk.hpp"

namespace weir {

// What one pooler made of one sequence: `rows` x `dim` floats from `values[first]` on.
struct PooledSequence {
  uint32_t first = 0;
  uint32_t rows = 0;
  uint32_t dim = 0;
  bool normalized = false;
};

// What one pooler made of one cut, as the device gave it back; `sequences[i]` belongs to row i of the cut. Views.
struct PooledCut {
  std::span<const float> values;
  std::span<const PooledSequence> sequences;
};

// Makes outcomes of pooled sequences: one per job, when its last sequence is in. The sequences of a job may come in any
// order and from different cuts. Rows with NaN or infinity fail (`numeric_nan`), their neighbours do not; of several
// failures of one job the first is its outcome.
//
// A job with several sequences gets their rows one after the other, by part (the scores of its documents). A pair job
// with one sequence more than documents is scored by cosine: part 0 is the query, part 1 + i document i.
//
// Owned by one pooler; one thread. What waits here is bounded by the Budget, since its jobs are in flight.
class Joining {
 public:
  // `head`: which of the tokenizer's poolers this is. `stage` names it in failures and must outlive the outcomes.
  Joining(std::shared_ptr<const ModelFacts> model, uint32_t head, std::string_view stage)
      : model_(std::move(model)), head_(head), stage_(stage) {}

  // Appends what became complete, one chunk of outcomes per chunk of jobs. An error (a cut with another number of
  // sequences than it was sent with, a part twice) means that rows and jobs do not match: nothing of it may be used.
  Result<void> add(const Cut& cut, const PooledCut& pooled, std::vector<OutcomeChunkPtr>& out);
  Result<void> fail(std::span<const SequenceFailure> failures, std::vector<OutcomeChunkPtr>& out);

  size_t waiting() const { return waiting_.size(); }  // jobs with some of their sequences in

 private:
  struct Part {
    std::vector<float> values;
    uint32_t rows = 0;
    uint32_t dim = 0;
    bool done = false;
  };
  struct Waiting {
    std::vector<Part> parts;
    uint32_t open = 0;
    bool failed = false;  // its outcome is out
    Outcome outcome;
  };
  struct Key {
    const JobChunk* jobs;
    uint32_t job;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const { return std::hash<const void*>{}(key.jobs) * 31 + key.job; }
  };
  // Outcomes being collected, by chunk of jobs; the last one is nearly always the right one.
  class Collector;

  Outcome outcome_of(const SequenceChunk& chunk, const Sequence& sequence) const;
  Result<void> add_part(const SequenceChunkPtr& chunk, const Sequence& sequence, std::span<const float> values,
                        const PooledSequence& pooled, Collector& out);
  Result<void> fail_part(const SequenceChunkPtr& chunk, const Sequence& sequence, Error error, uint32_t attempts,
                         Collector& out);
  Result<Waiting*> take_part(const SequenceChunk& chunk, const Sequence& sequence);
  void finish(const SequenceChunkPtr& chunk, Waiting& waiting, Collector& out);

  const std::shared_ptr<const ModelFacts> model_;
  const uint32_t head_;
  const std::string_view stage_;
  std::unordered_map<Key, Waiting, KeyHash> waiting_;
};

}  // namespace weir
