#pragma once

#include <string>

#include "tests/simulation/fake_broker.hpp"
#include "tests/simulation/plan.hpp"

namespace weir::simulation {

// Judges the history of a run; empty when these hold, else what went wrong first (names as in the design notes):
//   I1   every input record before a committed offset has on each branch exactly one visible output or dead letter
//        (at_least_once: at least one), unless it is a tombstone that is to be skipped
//   I2   every written record was caused by an input record that the writer had been shown, and its value is that
//        record's answer or, in a dead letter, its bytes
//   I4   per partition and branch, outputs come in the order of the input (again from the start of an assignment under
//        at_least_once)
//   I5   a committed offset never passes an unfinished record, never goes back, is never for a partition of others
//   I9   what was read and is not durable never exceeds the budget by more than a chunk
//   I16  what is committed is never read again, and a revoke without faults leaves nothing to be read twice
std::string check(const FakeBroker& broker, const Plan& plan);

}  // namespace weir::simulation
