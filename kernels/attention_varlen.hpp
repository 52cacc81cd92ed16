#pragma once

#include <cstdint>

#include "device/execution_context.hpp"
#include "device/tensor.hpp"
#include "device/tokens.hpp"

namespace weir::kernels {

struct AttentionShape {
  int32_t heads = 1;
  int32_t head_dim = 64;  // 1 to 256; fastest for multiples of 16
  float scale = 0.125F;   // usually 1 / sqrt(head_dim)
};

// y = softmax(scale * Q K^T) V for each sequence and head, every token seeing all tokens of its own sequence.
// qkv [tokens, 3 * heads * head_dim]: a token's queries of all heads, then its keys, then its values; y [tokens,
// heads * head_dim], not overlapping qkv. Needs no memory that grows with the square of a length. `tokens` gives the
// sequences only. (A mask argument joins the shape when decoders come.)
void attention_varlen(ExecutionContext& context, Tensor qkv, const DeviceTokens& tokens, const AttentionShape& shape,
                      Tensor y);

}  // namespace weir::kernels
