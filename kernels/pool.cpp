#include "kernels/pool.hpp"

#include <cassert>

#include "kernels/cpu/pool.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {

void pool(ExecutionContext& context, PoolerKind kind, Tensor hidden, const DeviceTokens& tokens, Tensor y) {
  require_supported("pool", context.device(), hidden.dtype);
  assert(kind != PoolerKind::all && hidden.rows() == tokens.tokens());
  assert(y.rows() == tokens.sequences() && y.columns() == hidden.columns());
  cpu::pool(kind, hidden.as<float>(), tokens.host.cu_seqlens, y.as<float>(), y.columns());
}

}  // namespace weir::kernels
