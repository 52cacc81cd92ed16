#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "base/task.hpp"
#include "device/execution_context.hpp"
#include "device/tensor.hpp"
#include "device/tokens.hpp"
#include "kernels/matrix.hpp"
#include "models/encoder.hpp"
#include "models/safetensors.hpp"

namespace weir {

// The linear layers behind a pooler, on one device: sentence-transformers' Dense modules, or a classifier's own head.
// Immutable.
class HeadLayers {
 public:
  Result<void> add(const HeadLayer& layer, const WeightStore& store, Device& device);
  // All layers in turn on x [rows, in]; the result lives in the context's workspace.
  Tensor apply(ExecutionContext& context, Tensor x) const;

 private:
  struct Linear {
    kernels::Matrix weight;
    kernels::Activation activation;
  };
  std::vector<Linear> layers_;
};

// Where the rows of one sequence stand in PooledRows::values, and what they are.
struct PooledRow {
  size_t first = 0;   // index of its first value
  uint32_t rows = 0;  // 1, or one a token (token_embed, token_classify)
  uint32_t dim = 0;
  bool normalized = false;  // L2 norm 1 (or 0)
  bool finite = true;       // false: fail this sequence as numeric_nan
};

// The answers of one pooler stage for one batch, in host memory.
struct PooledRows {
  std::vector<float> values;
  std::vector<PooledRow> sequences;  // in the order of the batch
};

// The device half of one pooler stage: from hidden states to pooled rows. Immutable; lanes call run() side by side,
// each for its own sequences. The formulas are sentence-transformers' (Pooling, Dense, Normalize) and transformers'
// (heads); vectors are cut to a matryoshka size before they are normalized, as vLLM does.
class Pooler {
 public:
  Pooler(ModelFacts facts, std::shared_ptr<const HeadLayers> layers)
      : facts_(std::move(facts)), layers_(std::move(layers)) {}

  const ModelFacts& facts() const { return facts_; }

  // Whether these parameters can be those of a sequence of `tokens` tokens. Errors: internal.
  Result<void> check(const PoolingParams& params, uint32_t tokens) const;
  // The shape of the rows that a sequence of `tokens` tokens gets; `first` is left to the caller.
  PooledRow shape(const PoolingParams& params, uint32_t tokens) const;

  // Pools every sequence of `tokens` by its own entry of `params`; sequences with equal parameters go together. Writes
  // to out.values where out.sequences[first_sequence + i] says, and its `finite`. `params[i * stride]` belongs to
  // sequence i.
  void run(ExecutionContext& context, const DeviceTokens& tokens, Tensor hidden, std::span<const PoolingParams> params,
           size_t stride, PooledRows& out, size_t first_sequence) const;

 private:
  Tensor pooled(ExecutionContext& context, const std::vector<PoolerKind>& kinds, const DeviceTokens& tokens,
                std::span<const int32_t> skip, Tensor hidden) const;
  Tensor finish(ExecutionContext& context, const PoolerFacts& pooler, const PoolingParams& params, Tensor x) const;

  ModelFacts facts_;
  std::shared_ptr<const HeadLayers> layers_;
};

}  // namespace weir
