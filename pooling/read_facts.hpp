#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "pooling/pooler_choice.hpp"

namespace weir {

// Everything that planning, the tokenizer stage and `inspect` need to know of a model directory, without loading a
// weight: config.json, the sentence-transformers files, tokenizer_config.json and the header of the weights. Takes
// milliseconds. `overrides` is the model's `task:` and `pooler:` of the YAML. Errors: not_found, corrupt, unsupported,
// invalid_config; the message names file and field.
Result<ModelFacts> read_model_facts(const std::filesystem::path& dir, const PoolerOverrides& overrides = {});

}  // namespace weir
