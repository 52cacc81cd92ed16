#include "kernels/gemm.hpp"

#include <cassert>

#include "kernels/cpu/gemm.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {

void gemm(ExecutionContext& context, Tensor x, const Matrix& weight, Tensor y, Activation epilogue) {
  require_supported("gemm", context.device(), x.dtype);
  assert(x.columns() == weight.in() && y.columns() == weight.out() && x.rows() == y.rows());
  cpu::gemm(x.as<float>(), weight, y.as<float>(), x.rows(), epilogue);
}

}  // namespace weir::kernels
