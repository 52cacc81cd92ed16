#pragma once

#include <cstdint>
#include <span>

#include "base/task.hpp"
#include "device/execution_context.hpp"
#include "device/tensor.hpp"
#include "device/tokens.hpp"

namespace weir::kernels {

// One row per sequence, hidden [tokens, columns] -> y [sequences, columns], summed in fp32; the formulas are those of
// sentence-transformers' Pooling module, named at PoolerKind. Every sequence has at least one token. `skip` is empty,
// or says of each sequence how many leading tokens take no part, fewer than it has; the weights of weighted_mean still
// count from the first token. Not for PoolerKind::all, which copies rows (gather_rows).
void pool(ExecutionContext& context, PoolerKind kind, Tensor hidden, const DeviceTokens& tokens,
          std::span<const int32_t> skip, Tensor y);

}  // namespace weir::kernels
