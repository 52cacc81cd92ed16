#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/ticket.hpp"

namespace weir {

// Why a partition with records in flight makes no progress.
enum class Stall : uint8_t {
  none,
  compute,  // an outcome is overdue: this process is wedged, /livez fails
  commit,   // outcomes are there and cannot be written or committed: the broker's matter
};

struct PartitionStatus {
  TopicPartition at;
  uint64_t admitted = 0;  // records since the assignment; admitted >= finished >= durable
  uint64_t finished = 0;
  uint64_t durable = 0;
  Offset next{};          // what a commit says, or would: the first offset that is not durable
  Offset end{-1};         // after the last record that is known of, -1: unknown
  bool revoking = false;  // drained, then given away
  bool ended = false;     // under `until: end_of_topic`
  Stall stall = Stall::none;
  int64_t lag() const { return end.value < 0 ? 0 : end.value - next.value > 0 ? end.value - next.value : 0; }
};

// What one source is doing; a copy, taken from any thread.
struct DeliveryStatus {
  std::vector<PartitionStatus> partitions;
  uint64_t records = 0;  // admitted since the start
  uint64_t durable = 0;
  uint64_t failures = 0;
  uint64_t late = 0;
  uint64_t in_flight = 0;
  int64_t pending_bytes = 0;
  bool assigned = false;  // an assignment was received, maybe an empty one
  bool draining = false;
  bool finished = false;
  std::string breaker;  // why reading is stopped; empty: it is not

  bool live() const;              // /livez
  std::string not_ready() const;  // /readyz: what it waits for; empty: ready
};

}  // namespace weir
