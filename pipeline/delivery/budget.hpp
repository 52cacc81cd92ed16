#pragma once

#include <atomic>
#include <cstdint>

#include "base/task.hpp"

namespace weir {

// All memory that records cause, in bytes: reserved before a record is taken from its source, given back when its
// outcome is durable. One for the process, shared by its sources; safe from any thread.
//
// A reservation may overdraw by one chunk: admission asks `room` first and pays the true price afterwards, since a
// record's size is known only once it is there. `realtime_share` of the limit is kept free from the bulk lane.
class Budget {
 public:
  Budget(int64_t limit, double realtime_share)
      : limit_(limit), bulk_limit_(limit - static_cast<int64_t>(limit * realtime_share)) {}

  // Bytes that a source of this lane may still admit; <= 0: wait.
  int64_t room(Lane lane) const {
    return (lane == Lane::bulk ? bulk_limit_ : limit_) - held_.load(std::memory_order_relaxed);
  }
  void take(int64_t bytes) { held_.fetch_add(bytes, std::memory_order_relaxed); }  // negative: re-priced downwards
  void give_back(int64_t bytes) { held_.fetch_sub(bytes, std::memory_order_relaxed); }

  int64_t held() const { return held_.load(std::memory_order_relaxed); }
  int64_t limit() const { return limit_; }

 private:
  const int64_t limit_;
  const int64_t bulk_limit_;
  std::atomic<int64_t> held_{0};
};

}  // namespace weir
