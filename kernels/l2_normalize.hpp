#pragma once

#include "device/execution_context.hpp"
#include "device/tensor.hpp"

namespace weir::kernels {

// Each row of x [rows, columns] is divided by max(its L2 norm, epsilon), in place (as torch.nn.functional.normalize).
void l2_normalize(ExecutionContext& context, Tensor x, float epsilon = 1e-12F);

}  // namespace weir::kernels
