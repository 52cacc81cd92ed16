#pragma once

#include <cstdint>
#include <span>

namespace weir::kernels::cpu {

struct NormWeights {
  const float* weight;
  const float* bias;  // or null
  float epsilon;
};

// residual may be null; y may be x or residual.
void layer_norm(const float* x, const float* residual, const NormWeights& norm, float* y, int64_t rows,
                int64_t columns);

struct EmbeddingRows {
  std::span<const int32_t> ids, type_ids, cu_seqlens;
  const float *word, *position, *type;  // position and type may be null
  int32_t position_offset;
};

void embedding(const EmbeddingRows& rows, const NormWeights& norm, float* y, int64_t columns);

}  // namespace weir::kernels::cpu
