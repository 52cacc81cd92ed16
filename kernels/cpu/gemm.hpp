#pragma once

#include <cstdint>

#include "kernels/activation.hpp"
#include "kernels/matrix.hpp"

namespace weir::kernels::cpu {

// Matrix::data() on the CPU: W as Hugging Face stores it, [out, in].
void gemm(const float* x, const Matrix& weight, float* y, int64_t rows, Activation epilogue);

}  // namespace weir::kernels::cpu
