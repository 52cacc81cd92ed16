#include "kernels/layer_norm.hpp"

#include <cassert>

#include "kernels/cpu/layer_norm.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {
namespace {

void run(ExecutionContext& context, Tensor x, Tensor residual, const LayerNorm& norm, Tensor y) {
  require_supported("layer_norm", context.device(), x.dtype);
  assert(x.rows() == y.rows() && x.columns() == y.columns() && norm.weight.elements() == x.columns());
  const cpu::NormWeights weights{norm.weight.as<float>(), norm.bias ? norm.bias.as<float>() : nullptr, norm.epsilon};
  cpu::layer_norm(x.as<float>(), residual ? residual.as<float>() : nullptr, weights, y.as<float>(), x.rows(),
                  x.columns());
}

}  // namespace

void layer_norm(ExecutionContext& context, Tensor x, const LayerNorm& norm, Tensor y) { run(context, x, {}, norm, y); }

void residual_layer_norm(ExecutionContext& context, Tensor x, Tensor residual, const LayerNorm& norm, Tensor y) {
  assert(residual.rows() == x.rows() && residual.columns() == x.columns());
  run(context, x, residual, norm, y);
}

}  // namespace weir::kernels
