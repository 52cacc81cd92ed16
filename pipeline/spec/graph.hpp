#pragma once

#include <vector>

#include "pipeline/spec/stages.hpp"

namespace weir {

// Checks the edges of a dataflow: unknown stages, cycles, ports that do not fit, stages that lead nowhere, no source or
// no sink, models that differ along a chain. Returns the stages in topological order, each source followed by what it
// feeds, with their edges and branches; the result is a plan only if no error was added. `dataflow` is where errors
// about the whole are placed.
std::vector<StagePlan> connect_stages(const std::vector<StageDraft>& drafts, Place dataflow, ErrorList& errors);

}  // namespace weir
