#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

// What a user asks of a pooling model. Spelled as in YAML, in jobs and in outcomes.
enum class Task : uint8_t { embed, classify, score, reward, token_embed, token_classify };

// Whether its answer is a row for each token.
constexpr bool is_per_token(Task task) { return task == Task::token_embed || task == Task::token_classify; }

std::string_view to_string(Task task);
std::optional<Task> task_from_string(std::string_view text);

// How hidden states become pooled rows; sentence-transformers is the reference for each (its models/Pooling).
enum class PoolerKind : uint8_t {
  cls,            // the first token's row
  last,           // the last token's row
  mean,           // fp32 mean over the sequence's rows
  max,            // per-dimension maximum
  mean_sqrt_len,  // sum over rows / sqrt(count)
  weighted_mean,  // weights 1..n by position
  all,            // every row (token_embed, token_classify)
};

std::string_view to_string(PoolerKind kind);
std::optional<PoolerKind> pooler_kind_from_string(std::string_view text);

enum class Lane : uint8_t { realtime, bulk };

std::string_view to_string(Lane lane);
std::optional<Lane> lane_from_string(std::string_view text);

// What one job may vary of its pooler, resolved against the stage's settings. Sequences with equal parameters are
// pooled together.
struct PoolingParams {
  Task task = Task::embed;
  bool use_activation = true;  // embed: L2-normalize; classify, score: sigmoid or softmax
  uint32_t dimensions = 0;     // matryoshka size; 0 keeps the model's own
  uint32_t skip = 0;           // leading tokens that take no part in pooling; fewer than the sequence has
  auto operator<=>(const PoolingParams&) const = default;
};

}  // namespace weir
