#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>

#include "base/log.hpp"

namespace weir::simulation {
namespace {

constexpr uint64_t kShard = 2500;

class Simulation : public testing::TestWithParam<uint64_t> {
 protected:
  static void SetUpTestSuite() { log_setup(LogLevel::error, LogFormat::text); }
};

TEST_P(Simulation, HoldsEveryInvariant) {
  for (uint64_t seed = GetParam() * kShard; seed < (GetParam() + 1) * kShard; ++seed) {
    ASSERT_EQ(simulate(seed), "") << "replay with: weir_simulation --seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, testing::Range<uint64_t>(0, 4));

class Mutants : public testing::TestWithParam<Mutant> {
 protected:
  static void SetUpTestSuite() { log_setup(LogLevel::error, LogFormat::text); }
};

// A safeguard that is turned off is noticed soon, or the checker would prove nothing.
TEST_P(Mutants, AreCaught) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const std::string wrong = simulate(seed, GetParam());
    if (wrong.empty()) continue;
    RecordProperty("caught", "seed " + std::to_string(seed) + ": " + wrong);
    return;
  }
  FAIL() << "200 seeds passed";
}

INSTANTIATE_TEST_SUITE_P(Each, Mutants,
                         testing::Values(Mutant::budget_at_compute, Mutant::no_epoch, Mutant::no_prefix,
                                         Mutant::no_branch_count, Mutant::forget_on_abort),
                         [](const auto& each) { return std::string(kMutantNames[static_cast<size_t>(each.param)]); });

}  // namespace
}  // namespace weir::simulation
