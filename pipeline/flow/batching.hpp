#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "pipeline/flow/chunk.hpp"

namespace weir {

// A sequence that no device will compute.
struct SequenceFailure {
  SequenceChunkPtr chunk;
  uint32_t sequence = 0;  // index into chunk->sequences
  Error error;
  uint32_t attempts = 0;  // runs that it was in
};

// What waits for a device: the work that a lane or the whole queue holds, as CostModel prices it.
struct Backlog {
  uint64_t sequences = 0;
  uint64_t tokens = 0;
  double squares = 0;  // sum of squared lengths

  void add(uint32_t count, int sign);
};

// The queue between tokenizers and devices. A batch is cut when a device asks for one, so an idle device never waits
// while work is queued, and batches grow by themselves under load.
//
// First in, first out within a lane. While both lanes wait, `realtime_share` of a batch is the realtime lane's and
// comes first, the rest is the bulk lane's; what one leaves the other takes. A bulk sequence too long for the rest goes
// first after kPatience batches without bulk. Deadlines are looked at here, at the last moment before the device. Cuts
// that failed wait in front of all, alone, so that a poisonous sequence does not spoil more than the batch it came in.
//
// Owned by the batcher; one thread. Holds chunks only as long as sequences of theirs wait.
class Batching {
 public:
  struct Request {
    int64_t now_unix_ms = 0;
    uint32_t tokens = 0;         // budget; a single longer sequence still goes alone
    uint32_t max_sequences = 0;  // 0: no limit
    int32_t worker = -1;         // who asks; a cut that failed there waits for another worker,
    bool only_worker = true;     // unless there is none
  };

  static constexpr uint32_t kPatience = 4;

  explicit Batching(double realtime_share, uint32_t attempts = 2)
      : realtime_share_(realtime_share), attempts_(attempts ? attempts : 1) {}

  void add(const SequenceChunkPtr& chunk);

  // The next batch for this worker; `rows` is empty when nothing waits for it. Sequences whose deadline has passed are
  // appended to `expired` (`timeout`) and cost no budget.
  Cut cut(const Request& request, std::vector<SequenceFailure>& expired);

  // A cut that its worker did not compute, and not through any fault of the cut's (the worker ended before it began):
  // in front.
  void requeue(Cut cut);

  // A cut whose run failed: again as it is until it had all its attempts, on another worker if there is one; then in
  // halves, each run once and halved again; a single sequence fails with `retries_exhausted` (or the device's own
  // device_oom).
  void failed(Cut cut, const Error& error, std::vector<SequenceFailure>& out);

  bool empty() const { return retries_.empty() && lanes_[0].runs.empty() && lanes_[1].runs.empty(); }
  Backlog backlog() const;
  Backlog backlog(Lane lane) const { return lanes_[static_cast<size_t>(lane)].backlog; }

 private:
  // The sequences of one lane in one chunk, from `next` on.
  struct Run {
    SequenceChunkPtr chunk;
    uint32_t next = 0;
  };
  struct Queue {
    std::deque<Run> runs;
    Backlog backlog;
  };

  Queue& queue(Lane lane) { return lanes_[static_cast<size_t>(lane)]; }
  std::optional<Cut> retry(const Request& request, std::vector<SequenceFailure>& expired);
  const Sequence* head(Lane lane, int64_t now_unix_ms, std::vector<SequenceFailure>& expired);
  void pop(Lane lane, std::vector<std::pair<SequenceChunkPtr, uint32_t>>* rows);
  void fill(Lane lane, double share, const Request& request, Cut& cut, std::vector<SequenceFailure>& expired);

  const double realtime_share_;
  const uint32_t attempts_;
  std::array<Queue, 2> lanes_;  // by Lane
  std::deque<Cut> retries_;
  Backlog retries_backlog_;
  uint32_t cuts_without_bulk_ = 0;
};

// The cut in two halves of about equal length in tokens, order kept; the second is empty for a single sequence.
std::pair<Cut, Cut> split(Cut cut);

}  // namespace weir
