#pragma once

#include "device/execution_context.hpp"
#include "device/tensor.hpp"

namespace weir::kernels {

// y = (x - mean) / sqrt(variance + epsilon) * weight + bias, over the last dimension; statistics in fp32, variance of
// the population (as torch.nn.LayerNorm).
struct LayerNorm {
  Tensor weight;  // [columns]
  Tensor bias;    // [columns], or absent
  float epsilon = 1e-12F;
};

// y = norm(x); x and y are [rows, columns] and may be the same memory.
void layer_norm(ExecutionContext& context, Tensor x, const LayerNorm& norm, Tensor y);

// y = norm(x + residual); y may be the same memory as x or residual.
void residual_layer_norm(ExecutionContext& context, Tensor x, Tensor residual, const LayerNorm& norm, Tensor y);

}  // namespace weir::kernels
