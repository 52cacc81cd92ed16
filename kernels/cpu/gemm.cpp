// Matrix product on oneDNN's sgemm, single-threaded, in blocks of rows; bias and activation pass over a block of the
// result while it is in the second-level cache.
#include "kernels/cpu/gemm.hpp"

#include <algorithm>
#include <cstring>
#include <omp.h>
#include <stdexcept>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl.h>

#include "kernels/cpu/activation.hpp"

namespace weir::kernels::cpu {
namespace {

// What oneDNN has chosen is fixed for the life of the process.
bool keeps_transposed() {
  static const bool transposed = (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
  return transposed;
}

constexpr int64_t block_bytes = 768 << 10;  // of the result, when an activation follows

void sgemm(const float* x, const Matrix& weight, float* y, int64_t rows) {
  // oneDNN runs on OpenMP here. Lanes are our own threads, so each keeps OpenMP from starting a team beside it.
  thread_local const bool alone = (omp_set_num_threads(1), true);
  static_cast<void>(alone);
  const int64_t in = weight.in(), out = weight.out();
  const bool transposed = keeps_transposed();
  const auto status = dnnl_sgemm('N', transposed ? 'N' : 'T', rows, out, in, 1.0F, x, in, weight.data(),
                                 transposed ? out : in, 0.0F, y, out);
  if (status != dnnl_success)
    throw std::runtime_error(fmt::format("gemm [{}, {}] x [{}, {}]: oneDNN status {}", rows, in, in, out, int{status}));
}

}  // namespace

void store_weight(Tensor weight, float* data, int64_t out, int64_t at) {
  const float* from = weight.as<float>();
  const int64_t in = weight.columns();
  if (!keeps_transposed()) {
    std::memcpy(data + at * in, from, weight.bytes());
    return;
  }
  constexpr int64_t tile = 16;
  for (int64_t o0 = 0; o0 < weight.rows(); o0 += tile)
    for (int64_t i0 = 0; i0 < in; i0 += tile)
      for (int64_t o = o0; o < std::min(weight.rows(), o0 + tile); ++o)
        for (int64_t i = i0; i < std::min(in, i0 + tile); ++i) data[i * out + at + o] = from[o * in + i];
}

void gemm(const float* x, const Matrix& weight, float* y, int64_t rows, Activation epilogue) {
  const int64_t row_bytes = weight.out() * static_cast<int64_t>(sizeof(float));
  const int64_t most = epilogue == Activation::none ? rows : std::max<int64_t>(16, block_bytes / row_bytes / 16 * 16);
  for (int64_t first = 0; first < rows; first += most) {
    const int64_t count = std::min(most, rows - first);
    float* block = y + first * weight.out();
    sgemm(x + first * weight.in(), weight, block, count);
    if (weight.bias() != nullptr || epilogue != Activation::none)
      add_bias_activate(block, weight.bias(), count, weight.out(), epilogue);
  }
}

}  // namespace weir::kernels::cpu
