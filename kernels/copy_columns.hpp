#pragma once

#include <cstdint>

#include "device/execution_context.hpp"
#include "device/tensor.hpp"

namespace weir::kernels {

// y[r, y_first + i] = x[r, x_first + i] for every row r and 0 <= i < count; x and y have the same dtype (any) and
// number of rows and do not overlap. Concatenates pooled rows, and cuts them to a matryoshka size.
void copy_columns(ExecutionContext& context, Tensor x, int64_t x_first, Tensor y, int64_t y_first, int64_t count);

}  // namespace weir::kernels
