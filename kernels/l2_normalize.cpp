#include "kernels/l2_normalize.hpp"

#include "kernels/cpu/pool.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {

void l2_normalize(ExecutionContext& context, Tensor x, float epsilon) {
  require_supported("l2_normalize", context.device(), x.dtype);
  cpu::l2_normalize(x.as<float>(), x.rows(), x.columns(), epsilon);
}

}  // namespace weir::kernels
