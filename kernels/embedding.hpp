#pragma once

#include <cstdint>

#include "device/execution_context.hpp"
#include "device/tensor.hpp"
#include "device/tokens.hpp"
#include "kernels/layer_norm.hpp"

namespace weir::kernels {

// The tables of a BERT-like input layer, each [entries, columns] on the device.
struct EmbeddingTables {
  Tensor word;
  Tensor position;              // or absent
  Tensor type;                  // or absent
  int32_t position_offset = 0;  // index of the first token's position (RoBERTa: padding id + 1)
};

// y[t] = norm(word[id] + position[offset + index in its sequence] + type[type id]), y [tokens, columns].
// The caller has checked that ids, type ids and positions lie inside their tables.
void embedding(ExecutionContext& context, const DeviceTokens& tokens, const EmbeddingTables& tables,
               const LayerNorm& norm, Tensor y);

}  // namespace weir::kernels
