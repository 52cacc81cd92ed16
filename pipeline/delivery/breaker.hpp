#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace weir {

// Keeps a wrong model or a wrong topic from draining into the dead-letter topic: opens when more than `share` of the
// last `window` jobs failed. While it is open nothing is admitted. It closes by itself: after a pause (30 s, doubled
// each time up to 10 minutes) and with nothing in flight it lets kProbe records through; when no more than `share` of
// them fail it closes, else the next pause begins. So a bad stretch of a topic is passed slowly and seen by whoever
// looks at /readyz, and one that a new model or configuration cures is passed at once after the restart. One thread.
class Breaker {
 public:
  static constexpr uint32_t kProbe = 16;
  static constexpr uint32_t kNoLimit = std::numeric_limits<uint32_t>::max();
  static constexpr Duration kFirstPause = std::chrono::seconds(30);
  static constexpr Duration kLongestPause = std::chrono::minutes(10);

  Breaker(uint32_t window, double share) : share_(share), recent_(window ? window : 1) {}

  // How many records may be admitted now. `idle`: nothing is in flight.
  uint32_t allowed(TimePoint now, bool idle);
  void admitted(uint32_t records);
  // The last branch of a job is done.
  void count(bool failed, TimePoint now);

  bool closed() const { return state_ == State::closed; }
  std::string reason() const;  // for /readyz; empty when closed

 private:
  enum class State : uint8_t { closed, open, probing };
  void open(TimePoint now, uint32_t failed, uint32_t of);

  double share_;
  State state_ = State::closed;
  std::vector<bool> recent_;  // ring of the last outcomes: failed?
  uint64_t counted_ = 0;
  uint32_t failed_ = 0;  // in recent_
  TimePoint retry_at_{};
  Duration pause_{};
  uint32_t probe_left_ = 0;  // still to be admitted
  uint32_t probe_open_ = 0;  // admitted, outcome to come
  uint32_t probe_counted_ = 0;
  uint32_t probe_failed_ = 0;
  uint32_t last_failed_ = 0, last_of_ = 0;
};

}  // namespace weir
