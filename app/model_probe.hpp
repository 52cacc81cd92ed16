#pragma once

#include "pipeline/spec/probes.hpp"

namespace weir {

// Reads a model directory's files (no weights) and tells what the model can do.
ModelProbe model_probe();

}  // namespace weir
