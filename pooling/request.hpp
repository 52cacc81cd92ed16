#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "base/task.hpp"

namespace weir {

// What a job asks of its pooler; absent fields take the stage's settings.
struct PoolingRequest {
  std::optional<Task> task;
  std::optional<bool> use_activation;  // alias for embeddings: normalize
  std::optional<uint32_t> dimensions;
  bool pair = false;  // the job is a query with documents
};

// The task that a job gets: its own, else the model's first that fits its input (a pair is scored, or classified by a
// classifier; a single text is never scored). Errors: invalid_request, naming what the model does.
Result<Task> resolve_task(const ModelFacts& facts, const PoolingRequest& request);

// A job's pooling parameters at one pooler stage; `stage` is the model's facts with the stage's own settings on top
// (apply_overrides). Called by the tokenizer stage, before anything is computed. Errors: invalid_request, naming the
// field and what is allowed.
Result<PoolingParams> resolve_pooling(const ModelFacts& stage, const PoolingRequest& request);

// Whether a pair job of this task is one sequence per document, query and document together, or one sequence for the
// query and one for each document, whose scores are then the cosines of their pooled rows (pipeline/flow/joining).
bool encodes_pairs_together(const ModelFacts& facts, Task task);

// Ids that a job brings along, taken as they are. Errors: invalid_request (none, or outside the vocabulary, with the
// position), too_long.
Result<void> check_token_ids(const ModelFacts& facts, std::span<const int32_t> ids);

// The text to put before a job's text. `name` empty: the model's default prompt, or nothing. Errors: invalid_request,
// naming the prompts that there are.
Result<std::string_view> find_prompt(const ModelFacts& facts, std::string_view name);

}  // namespace weir
