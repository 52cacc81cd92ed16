#include "kernels/l2_normalize.hpp"

#include "kernels/cpu/reference/reference.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {

void l2_normalize(ExecutionContext& context, Tensor x, float epsilon) {
  require_supported("l2_normalize", context.device(), x.dtype);
  const auto columns = static_cast<size_t>(x.columns());
  for (int64_t r = 0; r < x.rows(); ++r)
    reference::l2_normalize_row(std::span<float>(x.as<float>() + r * x.columns(), columns), epsilon);
}

}  // namespace weir::kernels
