#pragma once

#include <cstdint>

#include "device/device.hpp"
#include "models/config.hpp"

namespace weir {

// Floating point operations of the encoder for one token of a sequence of `length` tokens: the linear layers, and with
// them attention (2 products of length x head_dim for each head).
double linear_flops(const ModelConfig& config);
double model_flops(const ModelConfig& config, double length);

// GFLOP/s of the model's matrix products alone, on all lanes of the device at once: the shapes in the model's order, on
// weights of as many layers as the model has (so they come from memory as in the model), without bias or activation.
// The best over blocks of 128 to 1024 rows and `rounds` runs.
double gemm_rate(Device& device, const ModelConfig& config, int rounds);

}  // namespace weir
