#pragma once

#include <vector>

#include "pipeline/spec/plan.hpp"

namespace weir {

// What is allowed and yet unlikely to be meant: `weir check` prints it, `weir run` logs it.
std::vector<SpecError> advise(const Plan& plan);

}  // namespace weir
