#pragma once

#include <vector>

#include "base/option.hpp"
#include "pipeline/spec/load.hpp"

namespace weir {

// The option table of the program: that of every room.
std::vector<Option> all_options();

// What planning may ask in the real program: the process environment, files, librdkafka's properties. Without a probe
// models are not looked at.
SpecContext spec_context(ModelProbe probe);

}  // namespace weir
