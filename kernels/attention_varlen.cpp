#include "kernels/attention_varlen.hpp"

#include <cassert>

#include "kernels/cpu/reference/reference.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {

void attention_varlen(ExecutionContext& context, Tensor qkv, const DeviceTokens& tokens, const AttentionShape& shape,
                      Tensor y) {
  require_supported("attention_varlen", context.device(), qkv.dtype);
  assert(qkv.columns() == 3 * shape.heads * shape.head_dim && y.columns() == shape.heads * shape.head_dim);
  assert(qkv.rows() == tokens.tokens() && y.rows() == tokens.tokens());
  reference::attention(qkv.as<float>(), tokens.host.cu_seqlens, shape.heads, shape.head_dim, shape.scale,
                       y.as<float>());
}

}  // namespace weir::kernels
