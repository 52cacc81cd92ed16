#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "messages/job.hpp"
#include "messages/out_record.hpp"
#include "messages/ticket.hpp"

namespace weir {

// A record as a client library lends it. Views are valid during the call that shows it.
struct RawRecord {
  TopicPartition at;
  Offset offset;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::span<const Header> headers;
  int64_t timestamp_ms = -1;
};

// What happened to a source's assignment since the last call, in order.
struct SourceEvent {
  enum class Kind : uint8_t {
    assigned,  // these partitions are ours from now on
    revoke,    // to be given back: drain, commit, then call Source::release
    lost,      // already somebody else's: drop, then call Source::release
    end,  // `next` records are all there are now in partitions[0] (its next offset); comes again after more records
  };
  Kind kind;
  std::vector<TopicPartition> partitions;
  Offset next{};
};

// Where records come from: Kafka, a file, HTTP. Every call comes from the one delivery thread of the source.
class Source {
 public:
  virtual ~Source() = default;

  // Serves the client (heartbeats, callbacks) and reports what happened. Waits at most `wait` for a first event, for
  // `wake`, or for a record of a partition whose last poll came back short of what was asked; records that were there
  // already and were not polled (no room) do not end the wait. An error is fatal: the process ends.
  virtual Result<std::vector<SourceEvent>> events(Duration wait) = 0;

  // Shows up to `records` records of one assigned partition to `visit`, in offset order, and returns how many; ends
  // after the record that makes their bytes (key, value, headers) reach `bytes`. Never waits.
  virtual Result<uint32_t> poll(TopicPartition at, uint32_t records, int64_t bytes,
                                const std::function<void(const RawRecord&)>& visit) = 0;

  // The offset after the last record that the partition is known to have, -1 when unknown: lag is measured with it.
  // Never waits.
  virtual Offset end_offset(TopicPartition) const { return Offset{-1}; }

  // Ends the wait of `events` early, or the next one when none is going on: something else wants the delivery thread.
  // From any thread.
  virtual void wake() = 0;

  // Ends a revoke or a loss: the partitions may go to somebody else.
  virtual Result<void> release(std::span<const TopicPartition> partitions) = 0;

  // Leaves the group and closes. The committer has been drained before.
  virtual Result<void> close() = 0;
};

// The records that one offset causes: outputs, reply, dead letter, over all branches.
struct Release {
  Ticket ticket;
  OutSpan first;
  std::vector<OutSpan> more;  // further branches; empty with one sink, so that no record allocates
};

// Writes releases and commits offsets: at_least_once, exactly_once, file and HTTP are implementations. Called only from
// the source's delivery thread. A Result error is fatal; whatever may pass is retried inside.
class Committer {
 public:
  virtual ~Committer() = default;

  // The next releases of their partitions, contiguous and in order. The committer keeps them until they are durable.
  virtual Result<void> append(std::vector<Release> releases) = 0;

  // Serves delivery reports and commits; returns the tickets that became durable since the last call (of each
  // partition, in order).
  virtual Result<std::vector<Ticket>> durable(TimePoint now) = 0;

  // Everything before `next` of an idle partition is done (control records at its end): commit it, so that lag becomes
  // 0.
  virtual Result<void> advance(TopicPartition at, Offset next) = 0;

  // Partitions go away. Not lost: finish and commit what was appended, until `limit`. Lost: forget it.
  virtual Result<void> revoke(std::span<const TopicPartition> partitions, bool lost, TimePoint limit) = 0;

  // Writes and commits everything appended, until `limit`; `unavailable` when it did not get that far.
  virtual Result<void> drain(TimePoint limit) = 0;

  // How many bytes of records were appended and are not durable; for metrics.
  virtual int64_t pending_bytes() const = 0;
};

}  // namespace weir
