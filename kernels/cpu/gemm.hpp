#pragma once

#include <cstdint>

#include "device/tensor.hpp"
#include "kernels/activation.hpp"
#include "kernels/matrix.hpp"

namespace weir::kernels::cpu {

// Matrix::data() on the CPU. With AVX-512 the weight lies transposed, [in, out], so that oneDNN reads the panels it
// works on without a copy (measured at MiniLM's shapes: 114-116 against 103-110 GFLOP/s); with AVX2 it stays [out, in],
// where oneDNN is faster. Stores rows [at, at + weight.rows()) of W, which has `out` rows.
void store_weight(Tensor weight, float* data, int64_t out, int64_t at);

void gemm(const float* x, const Matrix& weight, float* y, int64_t rows, Activation epilogue);

}  // namespace weir::kernels::cpu
