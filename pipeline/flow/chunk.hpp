#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/model_facts.hpp"
#include "base/task.hpp"
#include "messages/job.hpp"

namespace weir {

// One model input: ids [begin, begin + count) of its chunk.
struct Sequence {
  uint32_t job = 0;    // index into JobChunk::jobs
  uint32_t part = 0;   // which document of a pair job (or window of a long text); 0 otherwise
  uint32_t parts = 1;  // how many sequences the job has
  uint32_t begin = 0;
  uint32_t count = 0;
  uint32_t dropped = 0;     // tokens lost to truncation
  int64_t deadline_ms = 0;  // copied from the job; 0: none
  Lane lane = Lane::bulk;   // the source's lane or the job's own priority
};

// Tokenized jobs: one id array for all. Immutable after sending.
struct SequenceChunk {
  JobChunkPtr jobs;
  std::vector<int32_t> ids;
  std::vector<int32_t> type_ids;  // empty: all 0
  std::vector<Sequence> sequences;
  uint32_t heads = 1;                  // pooler stages under the tokenizer that made it
  std::vector<PoolingParams> pooling;  // [sequence * heads + head]
};

using SequenceChunkPtr = std::shared_ptr<const SequenceChunk>;

// The sequences chosen for one device run, in the order in which their rows come back.
struct Cut {
  std::vector<std::pair<SequenceChunkPtr, uint32_t>> rows;
  uint32_t tokens = 0;
  Lane lane = Lane::bulk;
  uint32_t attempt = 0;  // runs that failed; a cut comes back as it is once, then bisected
  int32_t worker = -1;   // who computes it; while it waits again: who failed at it
};

}  // namespace weir
