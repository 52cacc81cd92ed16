#include "kernels/pool.hpp"

#include <cassert>

#include "kernels/cpu/pool.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {

void pool(ExecutionContext& context, PoolerKind kind, Tensor hidden, const DeviceTokens& tokens,
          std::span<const int32_t> skip, Tensor y) {
  require_supported("pool", context.device(), hidden.dtype);
  assert(kind != PoolerKind::all && hidden.rows() == tokens.tokens());
  assert(y.rows() == tokens.sequences() && y.columns() == hidden.columns());
  assert(skip.empty() || static_cast<int64_t>(skip.size()) == y.rows());
  cpu::pool(kind, hidden.as<float>(), tokens.host.cu_seqlens, skip, y.as<float>(), y.columns());
}

}  // namespace weir::kernels
