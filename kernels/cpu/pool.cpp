// Pooling reads each hidden row once, a strip of columns at a time whose sums stay in registers.
#include "kernels/cpu/pool.hpp"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/pool.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace weir::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<float>;
using Vector = hn::Vec<Tag>;

// Rows [first, end) of a sequence whose first row is x.
struct Rows {
  const float* x;
  int64_t first, end, columns;
};

// One strip of `Vecs` vectors of a sequence's rows, from column c on.
template <PoolerKind kind, int Vecs, class D>
HWY_INLINE void strip(D d, const Rows& rows, int64_t c, float scale, float* y) {
  using V = hn::Vec<D>;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const float* x = rows.x + rows.first * rows.columns + c;
  V acc[Vecs];
  for (int v = 0; v < Vecs; ++v) acc[v] = kind == PoolerKind::max ? hn::LoadU(d, x + v * lanes) : hn::Zero(d);
  for (int64_t i = rows.first; i < rows.end; ++i, x += rows.columns)
    for (int v = 0; v < Vecs; ++v) {
      const V value = hn::LoadU(d, x + v * lanes);
      if constexpr (kind == PoolerKind::max)
        acc[v] = hn::IfThenElse(hn::Or(hn::IsNaN(acc[v]), hn::Le(value, acc[v])), acc[v], value);  // NaN stays
      else if constexpr (kind == PoolerKind::weighted_mean)
        acc[v] = hn::MulAdd(value, hn::Set(d, static_cast<float>(i + 1)), acc[v]);
      else
        acc[v] = hn::Add(acc[v], value);
    }
  for (int v = 0; v < Vecs; ++v)
    hn::StoreU(kind == PoolerKind::max ? acc[v] : hn::Mul(acc[v], hn::Set(d, scale)), d, y + c + v * lanes);
}

template <PoolerKind kind>
void reduce(const Rows& rows, float scale, float* y) {
  const Tag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t c = 0;
  for (; c + 4 * lanes <= rows.columns; c += 4 * lanes) strip<kind, 4>(d, rows, c, scale, y);
  for (; c + lanes <= rows.columns; c += lanes) strip<kind, 1>(d, rows, c, scale, y);
  const hn::CappedTag<float, 1> one;
  for (; c < rows.columns; ++c) strip<kind, 1>(one, rows, c, scale, y);
}

void pool(PoolerKind kind, const float* hidden, std::span<const int32_t> cu_seqlens, std::span<const int32_t> skip,
          float* y, int64_t columns) {
  for (size_t s = 0; s + 1 < cu_seqlens.size(); ++s, y += columns) {
    const float* x = hidden + (cu_seqlens[s] - cu_seqlens[0]) * columns;
    const int64_t first = skip.empty() ? 0 : skip[s], count = cu_seqlens[s + 1] - cu_seqlens[s];
    const Rows rows{x, first, count, columns};
    const auto n = static_cast<float>(count - first);
    switch (kind) {
      case PoolerKind::cls: std::copy_n(x + first * columns, columns, y); break;
      case PoolerKind::last: std::copy_n(x + (count - 1) * columns, columns, y); break;
      case PoolerKind::mean: reduce<PoolerKind::mean>(rows, 1.0F / n, y); break;
      case PoolerKind::mean_sqrt_len: reduce<PoolerKind::mean>(rows, 1.0F / std::sqrt(n), y); break;
      case PoolerKind::max: reduce<PoolerKind::max>(rows, 1.0F, y); break;
      case PoolerKind::weighted_mean:
        reduce<PoolerKind::weighted_mean>(rows, 2.0F / (n * static_cast<float>(first + count + 1)), y);
        break;
      case PoolerKind::all: break;  // no reduction: the caller copies rows
    }
  }
}

void l2_normalize(float* x, int64_t rows, int64_t columns, float epsilon) {
  const Tag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t r = 0; r < rows; ++r, x += columns) {
    Vector squares = hn::Zero(d);
    int64_t c = 0;
    for (; c + lanes <= columns; c += lanes) {
      const Vector v = hn::LoadU(d, x + c);
      squares = hn::MulAdd(v, v, squares);
    }
    float sum = hn::GetLane(hn::SumOfLanes(d, squares));
    for (; c < columns; ++c) sum += x[c] * x[c];
    const float norm = std::sqrt(sum);
    const float divisor = norm < epsilon ? epsilon : norm;  // keeps NaN
    for (c = 0; c + lanes <= columns; c += lanes)
      hn::StoreU(hn::Div(hn::LoadU(d, x + c), hn::Set(d, divisor)), d, x + c);
    for (; c < columns; ++c) x[c] /= divisor;
  }
}

}  // namespace weir::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir::kernels::cpu {

HWY_EXPORT(pool);
HWY_EXPORT(l2_normalize);

void pool(PoolerKind kind, const float* hidden, std::span<const int32_t> cu_seqlens, std::span<const int32_t> skip,
          float* y, int64_t columns) {
  HWY_DYNAMIC_DISPATCH(pool)(kind, hidden, cu_seqlens, skip, y, columns);
}
void l2_normalize(float* x, int64_t rows, int64_t columns, float epsilon) {
  HWY_DYNAMIC_DISPATCH(l2_normalize)(x, rows, columns, epsilon);
}

}  // namespace weir::kernels::cpu
#endif
