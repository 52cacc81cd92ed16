#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "models/config.hpp"
#include "pooling/sentence_transformers.hpp"

namespace weir {

// What the YAML's `pooler:` says, of a model or of one pooler stage; absent fields come from below.
struct PoolerOverrides {
  std::optional<std::vector<PoolerKind>> kinds;
  std::optional<bool> use_activation;  // alias for embeddings: normalize
  std::optional<uint32_t> dimensions;
  std::optional<Task> task;  // becomes the default task
};

// Which pooler a model gets for each task that it can do, field by field, each with its origin, strongest first:
//   sentence_transformers  modules.json and what it names: kinds, Dense layers, Normalize (its absence means false)
//   model_config           config.json: problem_type
//   model_class            BERT family: cls + normalize; a classifier's own head reads cls
//   task_default           vLLM's: activation on, sigmoid for one label, softmax for more
// The YAML and requests come on top (apply_overrides, resolve_pooling). Fills tasks, poolers, labels, output_size,
// score_method and include_prompt of `facts`. Errors: unsupported, naming the setting.
Result<void> choose_poolers(const ModelConfig& config, const SentenceTransformers& files, ModelFacts& facts);

// Puts the YAML's settings on top. `place` names them in errors ("models.minilm.pooler"). Errors: invalid_config, with
// the value and what the model allows.
Result<void> apply_overrides(const PoolerOverrides& overrides, std::string_view place, ModelFacts& facts);

// Whether a pooler of this model may cut its vectors to `dimensions` (matryoshka). Errors: invalid_request, naming the
// sizes that are allowed.
Result<void> check_dimensions(const ModelFacts& facts, const PoolerFacts& pooler, uint32_t dimensions);

// "embed, score": for messages.
std::string task_names(const std::vector<Task>& tasks);

}  // namespace weir
