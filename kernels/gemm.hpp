#pragma once

#include "device/execution_context.hpp"
#include "device/tensor.hpp"
#include "kernels/activation.hpp"
#include "kernels/matrix.hpp"

namespace weir::kernels {

// y = f(x W^T + b): x [rows, in], y [rows, out], not overlapping; the function is applied while a block of y is in
// cache.
void gemm(ExecutionContext& context, Tensor x, const Matrix& weight, Tensor y, Activation epilogue = Activation::none);

}  // namespace weir::kernels
