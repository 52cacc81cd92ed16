// weir_simulation --seed N [--mutant NAME]: replays one simulated run and prints what happened.
// weir_simulation --from N --to M [--mutant NAME]: runs many and stops at the first that fails.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "base/log.hpp"
#include "tests/simulation/simulation.hpp"

using namespace weir::simulation;

int main(int argc, char** argv) {
  uint64_t from = 0, to = 0;
  bool one = false;
  Mutant mutant = Mutant::none;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--seed") from = std::strtoull(value.c_str(), nullptr, 10), to = from + 1, one = true;
    if (name == "--from") from = std::strtoull(value.c_str(), nullptr, 10);
    if (name == "--to") to = std::strtoull(value.c_str(), nullptr, 10);
    for (size_t m = 0; name == "--mutant" && m < std::size(kMutantNames); ++m) {
      if (value == kMutantNames[m]) mutant = static_cast<Mutant>(m);
    }
  }
  if (from == to) {
    fmt::print(stderr, "usage: weir_simulation --seed N | --from N --to M  [--mutant NAME]\n");
    return 64;
  }
  weir::log_setup(one ? weir::LogLevel::info : weir::LogLevel::error, weir::LogFormat::text);
  const auto start = std::chrono::steady_clock::now();
  for (uint64_t seed = from; seed < to; ++seed) {
    std::string history;
    const std::string wrong = simulate(seed, mutant, one ? &history : nullptr);
    fmt::print("{}", history);
    if (wrong.empty()) continue;
    fmt::print("seed {}: {}\n", seed, wrong);
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{} seeds hold, {:.1f} s\n", to - from, took.count());
  return 0;
}
