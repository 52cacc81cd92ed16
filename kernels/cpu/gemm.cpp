// Matrix product on oneDNN's sgemm, single-threaded, followed by bias and activation block by block.
#include "kernels/cpu/gemm.hpp"

#include <algorithm>
#include <omp.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdexcept>

#include "kernels/cpu/reference/reference.hpp"

namespace weir::kernels::cpu {

void gemm(const float* x, const Matrix& weight, float* y, int64_t rows, Activation epilogue) {
  // oneDNN here runs on OpenMP; lanes are our threads, so each must never start a team of its own.
  thread_local const bool alone = (omp_set_num_threads(1), true);
  (void)alone;
  const int64_t in = weight.in(), out = weight.out();
  constexpr int64_t block = 1024;
  for (int64_t first = 0; first < rows; first += block) {
    const int64_t count = std::min(block, rows - first);
    if (dnnl_sgemm('N', 'T', count, out, in, 1.0F, x + first * in, in, weight.data(), in, 0.0F, y + first * out, out) !=
        dnnl_success)
      throw std::runtime_error("dnnl_sgemm failed");
    for (int64_t r = first; r < first + count; ++r)
      for (int64_t o = 0; o < out; ++o) {
        float& value = y[r * out + o];
        value = reference::apply(epilogue, weight.bias() == nullptr ? value : value + weight.bias()[o]);
      }
  }
}

}  // namespace weir::kernels::cpu
