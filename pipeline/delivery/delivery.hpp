#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/metrics.hpp"
#include "messages/job.hpp"
#include "pipeline/delivery/breaker.hpp"
#include "pipeline/delivery/budget.hpp"
#include "pipeline/delivery/inbox.hpp"
#include "pipeline/delivery/intake.hpp"
#include "pipeline/delivery/ledger.hpp"
#include "pipeline/delivery/ports.hpp"
#include "pipeline/delivery/status.hpp"

namespace weir {

struct DeliveryOptions {
  Lane lane = Lane::bulk;
  uint16_t branches = 1;             // sinks under the source: every job ends in so many outcomes
  uint32_t max_in_flight = 65536;    // records of a partition between admission and durability
  uint32_t chunk_jobs = 256;         // a chunk leaves when it has so many jobs
  int64_t chunk_bytes = 256 * 1024;  // or bytes, or when there is nothing more to read
  bool skip_tombstones = false;      // records without a value cause nothing
  bool until_end_of_topic = false;
  Duration drain_limit =
      std::chrono::seconds(30);  // of a revoke and of the end; a quarter of it is kept for the commit
  Duration stall_after = std::chrono::seconds(120);  // without progress a partition is reported as stalled
  uint32_t breaker_window = 1000;
  double breaker_share = 0.5;
};

// What a Delivery works with; all of it outlives the Delivery. `emit` sends a chunk to the first stage; jobs with an
// error go along, their failures come back through `finished` like any outcome. `metrics` may be null.
struct DeliveryParts {
  std::shared_ptr<const SourceInfo> info;
  Source& source;
  Committer& committer;
  Budget& budget;
  const Clock& clock;
  DecodeFn decode;
  EstimateFn estimate;
  std::function<void(JobChunkPtr)> emit;
  Metrics* metrics = nullptr;
};

// The way of a source's records to committed offsets: reads partitions in turn while the Budget and their rings have
// room, opens tickets, sends chunks, collects what becomes of the jobs, hands finished prefixes to the Committer and
// gives the budget back when they are durable. Rebalances are drained within a limit while other partitions go on.
//
// Tickets are opened with the number of sinks under the source as branches. (Opening with one and adding at each
// fan-out would need a message per fan-out to be here before the outcomes; the plan knows the number.)
//
// Owned by the runtime. One thread runs it (`run`, or `step` again and again); `finished`, `repriced`, `stop` and
// `status` are safe from any thread. A Result error is fatal: the process must end without closing the source; offsets
// see to it that nothing is lost.
class Delivery {
 public:
  enum class State : uint8_t { running, finished };

  Delivery(DeliveryOptions options, DeliveryParts parts);

  // Results, from any thread.
  void finished(std::vector<Finished> batch);
  void repriced(std::vector<Repriced> batch);

  // Ends orderly: stop reading, finish what is in flight, commit, close; within the drain limit. The second call ends
  // it without waiting for anything.
  void stop();

  DeliveryStatus status() const;

  // One round: results, releases, revokes, events of the source (waits for one up to `wait` when there is nothing to
  // do), reading.
  Result<State> step(Duration wait);
  // Steps until finished: after `stop`, or at the end of the topic.
  Result<void> run();

 private:
  struct Partition {
    TopicPartition at;
    bool revoking = false;
    bool ended = false;          // its end was reached under until_end_of_topic
    bool more = false;           // the last poll brought all that was asked for
    std::optional<Offset> end;   // nothing but control records before it; to be committed once all is durable
    Offset advanced{};           // what was committed that way
    uint64_t finished_seen = 0;  // for the watchdog: marks at the last progress
    uint64_t durable_seen = 0;
    TimePoint progress_at{};
    Stall stall = Stall::none;
  };
  struct Revocation {
    std::vector<TopicPartition> partitions;
    TimePoint finish_by;
    TimePoint commit_by;
  };
  enum class Phase : uint8_t { reading, draining, closed };
  struct Handles {
    Counter records, bytes, outcomes, durable, late, dropped;
    Gauge in_flight, budget, gap, pending, lag, assigned, stalled, breaker;
    Histogram end_to_end;
  };

  // delivery.cpp: results and reading
  Result<bool> take_results();
  Result<void> take_finished(const Finished& result, TimePoint now);
  Counter failures_with(ErrorCode reason);
  Result<void> close_durable();
  Result<void> read();
  Result<void> read_partition(Partition& partition, uint32_t records, int64_t bytes);
  Result<void> take_record(Partition& partition, const RawRecord& record);
  void emit_chunk();
  uint32_t room_for_records();
  bool could_read();

  // assignment.cpp: events, revokes, the end
  Result<void> serve(const SourceEvent& event);
  Result<void> serve_end(TopicPartition at, Offset next);
  Result<void> lose(const std::vector<TopicPartition>& partitions);
  Result<void> give_away(const std::vector<TopicPartition>& partitions, bool lost, TimePoint limit);
  Result<void> carry_out_revocations();
  Result<void> advance_idle();
  bool at_end_of_topic() const;
  bool any_unfinished(const std::vector<TopicPartition>& partitions) const;
  Result<void> drain();
  Result<void> close(bool abandon);
  Partition* find(TopicPartition at);

  // status.cpp
  void watch(Partition& partition, TimePoint now);
  void publish(bool force);

  const DeliveryOptions options_;
  const DeliveryParts parts_;
  Handles count_;
  std::map<ErrorCode, Counter> failure_counts_;
  Ledger ledger_;
  Breaker breaker_;
  Inbox inbox_;
  std::atomic<uint32_t> stops_{0};

  std::vector<Partition> partitions_;
  size_t turn_ = 0;  // whose turn it is to be read first
  std::deque<Revocation> revocations_;
  bool assigned_ = false;  // the last change of the assignment was one that gave
  bool ever_assigned_ = false;
  Phase phase_ = Phase::reading;
  TimePoint finish_by_{}, commit_by_{};  // while draining

  std::shared_ptr<JobChunk> chunk_;  // being filled
  std::vector<Release> releases_;

  uint64_t records_ = 0, durable_ = 0, failures_ = 0, late_ = 0;
  TimePoint published_at_{};
  mutable std::mutex status_mutex_;
  DeliveryStatus status_;
};

}  // namespace weir
