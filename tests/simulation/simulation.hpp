#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/plan.hpp"

namespace weir::simulation {

// One seeded run: records, rebalances, faults, crashes and restarts in random order, then a calm end in which all must
// become committed. Returns what was violated, empty when nothing was. `history`: gets a line for each event.
std::string simulate(uint64_t seed, Mutant mutant = Mutant::none, std::string* history = nullptr);

}  // namespace weir::simulation
