#include "pooling/pooler.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "kernels/activation.hpp"
#include "kernels/copy_columns.hpp"
#include "kernels/gather_rows.hpp"
#include "kernels/gemm.hpp"
#include "kernels/l2_normalize.hpp"
#include "kernels/pool.hpp"
#include "models/weight_loader.hpp"

namespace weir {
namespace {

// The rows of x that belong to the sequences of one group: one each, or one for each token.
std::vector<int32_t> rows_of(const std::vector<int32_t>& group, const DeviceTokens& tokens, bool every_token) {
  if (!every_token) return group;
  std::vector<int32_t> rows;
  for (int32_t sequence : group)
    for (int32_t row = tokens.host.start(sequence); row < tokens.host.start(sequence + 1); ++row) rows.push_back(row);
  return rows;
}

// What pooling leaves out of each sequence; empty when that is nothing.
std::vector<int32_t> skipped(std::span<const PoolingParams> params, size_t stride, size_t count) {
  std::vector<int32_t> skip;
  for (size_t i = 0; i < count; ++i) {
    const auto tokens = static_cast<int32_t>(params[i * stride].skip);
    if (tokens != 0) skip.resize(count);
    if (tokens != 0) skip[i] = tokens;
  }
  return skip;
}

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

}  // namespace

Result<void> HeadLayers::add(const HeadLayer& layer, const WeightStore& store, Device& device) {
  WeightLoader weights(store, device);
  auto matrix = weights.linear(layer.name, layer.in, layer.out);
  if (weights.error()) return fail(*weights.error());
  const int64_t shape[] = {layer.out, layer.in};
  const auto values = store.read(layer.name + ".weight", shape);
  if (!values) return fail(values.error());
  if (std::all_of(values->begin(), values->end(), [](float value) { return value == 0; }))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: `{}.weight` is all zeros, so every input would get the same answer: "
                            "this head was never trained or not saved",
                            store.place(), layer.name));
  layers_.push_back({std::move(matrix), layer.activation});
  return {};
}

Tensor HeadLayers::apply(ExecutionContext& context, Tensor x) const {
  for (const auto& layer : layers_) {
    const Tensor y = context.workspace().take(x.dtype, {x.rows(), layer.weight.out()});
    kernels::gemm(context, x, layer.weight, y, layer.activation);
    x = y;
  }
  return x;
}

Result<void> Pooler::check(const PoolingParams& params, uint32_t tokens) const {
  const auto pooler = facts_.poolers.find(params.task);
  if (pooler == facts_.poolers.end())
    return fail(ErrorCode::internal, fmt::format("task {} reached a pooler of {}, which does {}",
                                                 to_string(params.task), facts_.name, to_string(facts_.tasks.front())));
  if (params.dimensions > pooler->second.width)
    return fail(ErrorCode::internal,
                fmt::format("{} dimensions reached a pooler of {} columns", params.dimensions, pooler->second.width));
  if (params.skip >= tokens)
    return fail(ErrorCode::internal, fmt::format("{} of {} tokens are to be left out", params.skip, tokens));
  return {};
}

PooledRow Pooler::shape(const PoolingParams& params, uint32_t tokens) const {
  const PoolerFacts& pooler = facts_.poolers.at(params.task);
  PooledRow row;
  row.rows = is_per_token(params.task) ? tokens : 1;
  row.dim = params.dimensions != 0 ? params.dimensions : pooler.width;
  row.normalized = params.use_activation && pooler.activation.value == OutputActivation::l2_normalize;
  return row;
}

Tensor Pooler::pooled(ExecutionContext& context, const std::vector<PoolerKind>& kinds, const DeviceTokens& tokens,
                      std::span<const int32_t> skip, Tensor hidden) const {
  const int64_t columns = hidden.columns(), sequences = tokens.sequences();
  if (kinds.size() == 1) {
    const Tensor y = context.workspace().take(hidden.dtype, {sequences, columns});
    kernels::pool(context, kinds.front(), hidden, tokens, skip, y);
    return y;
  }
  const Tensor y = context.workspace().take(hidden.dtype, {sequences, columns * static_cast<int64_t>(kinds.size())});
  const Tensor one = context.workspace().take(hidden.dtype, {sequences, columns});
  for (size_t i = 0; i < kinds.size(); ++i) {
    kernels::pool(context, kinds[i], hidden, tokens, skip, one);
    kernels::copy_columns(context, one, 0, y, static_cast<int64_t>(i) * columns, columns);
  }
  return y;
}

// x may be overwritten.
Tensor Pooler::finish(ExecutionContext& context, const PoolerFacts& pooler, const PoolingParams& params,
                      Tensor x) const {
  if (pooler.head_in != 0) x = layers_->apply(context, x);
  if (params.dimensions != 0 && params.dimensions < x.columns()) {
    const Tensor cut = context.workspace().take(x.dtype, {x.rows(), params.dimensions});
    kernels::copy_columns(context, x, 0, cut, 0, params.dimensions);
    x = cut;
  }
  if (!params.use_activation) return x;
  switch (pooler.activation.value) {
    case OutputActivation::identity: break;
    case OutputActivation::l2_normalize: kernels::l2_normalize(context, x); break;
    case OutputActivation::sigmoid: kernels::activate(context, kernels::Activation::sigmoid, x); break;
    case OutputActivation::softmax: kernels::softmax_rows(context, x); break;
  }
  return x;
}

void Pooler::run(ExecutionContext& context, const DeviceTokens& tokens, Tensor hidden,
                 std::span<const PoolingParams> params, size_t stride, PooledRows& out, size_t first_sequence) const {
  Workspace::Scope scope(context.workspace());
  const auto count = static_cast<size_t>(tokens.sequences());
  const auto skip = skipped(params, stride, count);
  std::vector<bool> done(count);
  std::vector<int32_t> group;
  const std::vector<PoolerKind>* last_kinds = nullptr;  // what `last` was pooled by
  Tensor last;
  for (size_t leader = 0; leader < count; ++leader) {
    if (done[leader]) continue;
    const PoolingParams& wanted = params[leader * stride];
    const PoolerFacts& pooler = facts_.poolers.at(wanted.task);
    const bool every_token = is_per_token(wanted.task);
    group.clear();
    for (size_t i = leader; i < count; ++i) {
      if (params[i * stride] != wanted) continue;
      done[i] = true;
      group.push_back(static_cast<int32_t>(i));
    }
    if (!every_token && (!last_kinds || *last_kinds != pooler.kinds.value)) {
      last = pooled(context, pooler.kinds.value, tokens, skip, hidden);
      last_kinds = &pooler.kinds.value;
    }
    // A copy: other groups and stages still need the rows as they are.
    const Tensor source = every_token ? hidden : last;
    const auto rows = rows_of(group, tokens, every_token);
    Tensor x = context.workspace().take(source.dtype, {static_cast<int64_t>(rows.size()), source.columns()});
    kernels::gather_rows(context, source, rows, x);
    x = finish(context, pooler, wanted, x);

    const float* from = x.as<float>();
    for (int32_t sequence : group) {
      PooledRow& row = out.sequences[first_sequence + static_cast<size_t>(sequence)];
      const std::span<float> to(out.values.data() + row.first, size_t{row.rows} * row.dim);
      std::copy_n(from, to.size(), to.begin());
      row.finite = all_finite(to);
      from += to.size();
    }
  }
}

}  // namespace weir
