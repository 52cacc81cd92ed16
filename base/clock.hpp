#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::steady_clock::time_point;

// Time as a parameter, so that tests turn it by hand. Thread-safe where the implementation says so.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual int64_t unix_ms() const = 0;  // wall clock; deadlines and timestamps only
};

// The machine's clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  int64_t unix_ms() const override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }
};

// Moves only when told to. For one thread.
class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint{} + elapsed_; }
  int64_t unix_ms() const override {
    return 1'700'000'000'000 + std::chrono::duration_cast<std::chrono::milliseconds>(elapsed_).count();
  }
  void advance(Duration by) { elapsed_ += by; }

 private:
  Duration elapsed_{};
};

}  // namespace weir
