#pragma once

#include <cstdint>
#include <span>

#include "device/execution_context.hpp"
#include "device/tensor.hpp"

namespace weir::kernels {

// y[i] = source[rows[i]]; source [n, columns], y [rows.size(), columns] of the same dtype (any), not overlapping. Each
// index lies in [0, n).
void gather_rows(ExecutionContext& context, Tensor source, std::span<const int32_t> rows, Tensor y);

}  // namespace weir::kernels
