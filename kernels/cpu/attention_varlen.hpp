#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::kernels::cpu {

struct AttentionProblem {
  const float* qkv;  // [tokens, 3 * heads * head_dim]
  std::span<const int32_t> cu_seqlens;
  int32_t heads, head_dim;
  float scale;
  float* y;  // [tokens, heads * head_dim]
};

constexpr int32_t attention_max_head_dim = 256;

// Floats of scratch that attention() needs for sequences of at most `longest` tokens.
size_t attention_scratch(int32_t longest, int32_t head_dim);

void attention(const AttentionProblem& problem, float* scratch);

}  // namespace weir::kernels::cpu
