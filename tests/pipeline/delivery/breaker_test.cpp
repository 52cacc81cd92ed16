#include "pipeline/delivery/breaker.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(Breaker, OpensOnlyWhenTheWindowIsFullAndTheShareExceeded) {
  Breaker breaker(10, 0.5);
  ManualClock clock;
  for (int i = 0; i < 9; ++i) breaker.count(true, clock.now());
  EXPECT_TRUE(breaker.closed());
  breaker.count(false, clock.now());
  EXPECT_FALSE(breaker.closed());
  EXPECT_EQ(breaker.allowed(clock.now(), true), 0u);
}

TEST(Breaker, HalfOfThemIsNotMoreThanHalf) {
  Breaker breaker(10, 0.5);
  for (int i = 0; i < 1000; ++i) breaker.count(i % 2 == 0, {});
  EXPECT_TRUE(breaker.closed());
}

TEST(Breaker, ShareOneNeverOpens) {
  Breaker breaker(10, 1);
  for (int i = 0; i < 1000; ++i) breaker.count(true, {});
  EXPECT_TRUE(breaker.closed());
  EXPECT_EQ(breaker.reason(), "");
}

TEST(Breaker, PausesDoubleUpToTenMinutes) {
  Breaker breaker(1, 0.5);
  ManualClock clock;
  breaker.count(true, clock.now());
  Duration pause = Breaker::kFirstPause;
  for (int round = 0; round < 8; ++round) {
    clock.advance(pause - seconds(1));
    EXPECT_EQ(breaker.allowed(clock.now(), true), 0u);
    clock.advance(seconds(1));
    EXPECT_EQ(breaker.allowed(clock.now(), false), 0u) << "not while older jobs are in flight";
    EXPECT_EQ(breaker.allowed(clock.now(), true), Breaker::kProbe);
    breaker.admitted(1);
    EXPECT_EQ(breaker.allowed(clock.now(), false), Breaker::kProbe - 1);
    breaker.count(true, clock.now());
    pause = std::min<Duration>(2 * pause, minutes(10));
  }
}

TEST(Breaker, AProbeWhosePartitionWentAwayIsRepeated) {
  Breaker breaker(1, 0.5);
  ManualClock clock;
  breaker.count(true, clock.now());
  clock.advance(seconds(30));
  ASSERT_EQ(breaker.allowed(clock.now(), true), Breaker::kProbe);
  breaker.admitted(Breaker::kProbe);
  EXPECT_EQ(breaker.allowed(clock.now(), false), 0u);
  EXPECT_EQ(breaker.allowed(clock.now(), true), Breaker::kProbe);
  breaker.admitted(2);
  breaker.count(false, clock.now());
  breaker.count(false, clock.now());
  EXPECT_TRUE(breaker.closed());
}

}  // namespace
}  // namespace weir
