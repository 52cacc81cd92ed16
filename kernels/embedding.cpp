#include "kernels/embedding.hpp"

#include <cassert>

#include "kernels/cpu/layer_norm.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {

void embedding(ExecutionContext& context, const DeviceTokens& tokens, const EmbeddingTables& tables,
               const LayerNorm& norm, Tensor y) {
  require_supported("embedding", context.device(), y.dtype);
  assert(y.rows() == tokens.tokens() && y.columns() == tables.word.columns());
  const cpu::EmbeddingRows rows{tokens.host.ids,
                                tokens.host.type_ids,
                                tokens.host.cu_seqlens,
                                tables.word.as<float>(),
                                tables.position ? tables.position.as<float>() : nullptr,
                                tables.type ? tables.type.as<float>() : nullptr,
                                tables.position_offset};
  const cpu::NormWeights weights{norm.weight.as<float>(), norm.bias ? norm.bias.as<float>() : nullptr, norm.epsilon};
  cpu::embedding(rows, weights, y.as<float>(), y.columns());
}

}  // namespace weir::kernels
