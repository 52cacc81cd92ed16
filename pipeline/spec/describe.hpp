#pragma once

#include <string>

#include "pipeline/spec/plan.hpp"
#include "pipeline/spec/probes.hpp"
#include "pipeline/spec/stage_shapes.hpp"

namespace weir {

// The kind of a stage, from its options.
const StageShape& shape_of(const StagePlan& stage);

// The resolved plan as YAML that loads to the same plan, every default written out; what the model's files decided
// stands in comments, with its origin. Secrets (by name, or from ${file:...}) are ***.
std::string describe(const Plan& plan, const PropertyRules& rules = {});

enum class Drawing : uint8_t { mermaid, dot };

// The dataflow as a graph: topics and files at the ends, stages between, what flows on the edges.
std::string draw(const Plan& plan, Drawing format);

}  // namespace weir
