#pragma once

#include <cstdint>

#include "device/tensor.hpp"
#include "kernels/activation.hpp"
#include "kernels/matrix.hpp"

namespace weir::kernels::cpu {

// Matrix::data() on the CPU: the weight transposed, [in, out], so that oneDNN reads the panels it works on without a
// copy (measured on AVX-512: 116 against 103-110 GFLOP/s of the [out, in] layout at MiniLM's shapes; on AVX2 both are
// equal). Writes the columns [at, at + weight.rows()) of that layout.
void store_transposed(Tensor weight, float* data, int64_t out, int64_t at);

void gemm(const float* x, const Matrix& weight, float* y, int64_t rows, Activation epilogue);

}  // namespace weir::kernels::cpu
