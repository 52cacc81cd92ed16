#include "kernels/attention_varlen.hpp"

#include <algorithm>
#include <cassert>

#include "kernels/cpu/attention_varlen.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {
namespace {

int32_t longest_of(const DeviceTokens& tokens) {
  int32_t longest = 0;
  for (int32_t i = 0; i < tokens.sequences(); ++i)
    longest = std::max(longest, tokens.host.start(i + 1) - tokens.host.start(i));
  return longest;
}

}  // namespace

void attention_varlen(ExecutionContext& context, Tensor qkv, const DeviceTokens& tokens, const AttentionShape& shape,
                      Tensor y) {
  require_supported("attention_varlen", context.device(), qkv.dtype);
  assert(qkv.columns() == 3 * shape.heads * shape.head_dim && y.columns() == shape.heads * shape.head_dim);
  assert(qkv.rows() == tokens.tokens() && y.rows() == tokens.tokens());
  const Workspace::Scope scope(context.workspace());
  const auto floats = static_cast<int64_t>(cpu::attention_scratch(longest_of(tokens), shape.head_dim));
  float* scratch = context.workspace().take(DType::float32, {floats}).as<float>();
  cpu::attention({qkv.as<float>(), tokens.host.cu_seqlens, shape.heads, shape.head_dim, shape.scale, y.as<float>()},
                 scratch);
}

}  // namespace weir::kernels
