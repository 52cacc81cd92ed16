#include "pipeline/delivery/breaker.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir {

uint32_t Breaker::allowed(TimePoint now, bool idle) {
  if (state_ == State::closed) return kNoLimit;
  if (state_ == State::open && idle && now >= retry_at_) state_ = State::probing, probe_left_ = kProbe;
  if (state_ == State::probing && idle && probe_open_ > 0) {  // its partition went away
    probe_left_ = kProbe;
    probe_open_ = probe_counted_ = probe_failed_ = 0;
  }
  return state_ == State::probing ? probe_left_ : 0;
}

void Breaker::admitted(uint32_t records) {
  if (state_ != State::probing) return;
  probe_left_ -= std::min(probe_left_, records);
  probe_open_ += records;
}

void Breaker::count(bool failed, TimePoint now) {
  if (state_ == State::closed) {
    const size_t at = counted_++ % recent_.size();
    failed_ += static_cast<uint32_t>(failed) - static_cast<uint32_t>(recent_[at]);
    recent_[at] = failed;
    const uint32_t window = static_cast<uint32_t>(recent_.size());
    if (counted_ >= window && failed_ > share_ * window) open(now, failed_, window);
    return;
  }
  if (state_ != State::probing || probe_open_ == 0) return;
  ++probe_counted_;
  probe_failed_ += failed;
  if (--probe_open_ > 0) return;
  if (probe_failed_ > share_ * probe_counted_) return open(now, probe_failed_, probe_counted_);
  *this = Breaker(static_cast<uint32_t>(recent_.size()), share_);
}

std::string Breaker::reason() const {
  if (state_ == State::closed) return {};
  return fmt::format("{} of the last {} jobs failed (delivery.breaker_share is {}): {}", last_failed_, last_of_, share_,
                     state_ == State::open ? "nothing is read until the next trial" : "a few records are being tried");
}

void Breaker::open(TimePoint now, uint32_t failed, uint32_t of) {
  pause_ = pause_ == Duration::zero() ? kFirstPause : std::min(2 * pause_, kLongestPause);
  state_ = State::open;
  retry_at_ = now + pause_;
  last_failed_ = failed;
  last_of_ = of;
  probe_left_ = probe_open_ = probe_counted_ = probe_failed_ = 0;
}

}  // namespace weir
