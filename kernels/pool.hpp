#pragma once

#include "base/task.hpp"
#include "device/execution_context.hpp"
#include "device/tensor.hpp"
#include "device/tokens.hpp"

namespace weir::kernels {

// One row per sequence, hidden [tokens, columns] -> y [sequences, columns], summed in fp32; the formulas are those of
// sentence-transformers' Pooling module, named at PoolerKind. Every sequence has at least one token. Not for
// PoolerKind::all, which copies rows (gather_rows).
void pool(ExecutionContext& context, PoolerKind kind, Tensor hidden, const DeviceTokens& tokens, Tensor y);

}  // namespace weir::kernels
