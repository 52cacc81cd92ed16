#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <caf/all.hpp>

#include "actors/compute.hpp"
#include "base/error.hpp"
#include "messages/job.hpp"
#include "messages/outcome.hpp"
#include "pipeline/flow/batching.hpp"
#include "pipeline/flow/chunk.hpp"

// The messages between the stages: one struct each, all payloads shared and immutable. None crosses a process yet.
namespace weir {

struct JobsArrived {  // runtime -> tokenizer
  JobChunkPtr jobs;
};

struct SequencesReady {  // tokenizer -> batcher
  SequenceChunkPtr sequences;
};

struct WorkerReady {  // gpu_worker -> batcher: "I can take one more cut"; twice at the start
  caf::actor_id worker = 0;
};

struct RunCut {  // batcher -> gpu_worker
  uint64_t number = 0;
  std::shared_ptr<const Cut> cut;
};

struct CutDone {  // gpu_worker -> batcher
  caf::actor_id worker = 0;
  uint64_t number = 0;
  double seconds = 0;  // on the device
};

struct CutFailed {  // gpu_worker -> batcher: the run failed, the worker lives
  caf::actor_id worker = 0;
  uint64_t number = 0;
  Error error;
};

struct CutPooled {  // gpu_worker -> pooler: the rows of its head, in the order of the cut
  std::shared_ptr<const Cut> cut;
  std::shared_ptr<const PooledBatch> rows;
};

struct RowsFailed {  // batcher -> pooler: these sequences have no rows and never will
  std::shared_ptr<const std::vector<SequenceFailure>> failures;
};

struct OutcomesReady {  // pooler (or a stage with failures) -> sink
  OutcomeChunkPtr outcomes;
};

}  // namespace weir

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::JobsArrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::SequencesReady)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::WorkerReady)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::RunCut)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::CutDone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::CutFailed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::CutPooled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::RowsFailed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::OutcomesReady)
