// Layer norm of a row in three passes over first-level cache: sum (writing x + residual), variance, result. Two passes
// for mean and variance, because one (of squares) loses what the mean is large against.
#include "kernels/cpu/layer_norm.hpp"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/layer_norm.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace weir::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<float>;
using Vector = hn::Vec<Tag>;

// y = a + b + c; b and c may be null. Returns the sum of the row.
HWY_INLINE float add_row(const float* a, const float* b, const float* c, float* y, int64_t columns) {
  const Tag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  Vector sum0 = hn::Zero(d), sum1 = hn::Zero(d);
  int64_t i = 0;
  for (; i + 2 * lanes <= columns; i += 2 * lanes) {
    Vector v0 = hn::LoadU(d, a + i), v1 = hn::LoadU(d, a + i + lanes);
    if (b != nullptr) {
      v0 = hn::Add(v0, hn::LoadU(d, b + i));
      v1 = hn::Add(v1, hn::LoadU(d, b + i + lanes));
    }
    if (c != nullptr) {
      v0 = hn::Add(v0, hn::LoadU(d, c + i));
      v1 = hn::Add(v1, hn::LoadU(d, c + i + lanes));
    }
    hn::StoreU(v0, d, y + i);
    hn::StoreU(v1, d, y + i + lanes);
    sum0 = hn::Add(sum0, v0);
    sum1 = hn::Add(sum1, v1);
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
  for (; i < columns; ++i) sum += y[i] = a[i] + (b == nullptr ? 0.0F : b[i]) + (c == nullptr ? 0.0F : c[i]);
  return sum;
}

HWY_INLINE float squares_around(const float* x, float mean, int64_t columns) {
  const Tag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Vector center = hn::Set(d, mean);
  Vector sum0 = hn::Zero(d), sum1 = hn::Zero(d);
  int64_t i = 0;
  for (; i + 2 * lanes <= columns; i += 2 * lanes) {
    const Vector v0 = hn::Sub(hn::LoadU(d, x + i), center), v1 = hn::Sub(hn::LoadU(d, x + i + lanes), center);
    sum0 = hn::MulAdd(v0, v0, sum0);
    sum1 = hn::MulAdd(v1, v1, sum1);
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
  for (; i < columns; ++i) sum += (x[i] - mean) * (x[i] - mean);
  return sum;
}

// The row y, whose sum is known, in place.
HWY_INLINE void normalize_row(float* y, float sum, const NormWeights& norm, int64_t columns) {
  const Tag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const float n = static_cast<float>(columns), mean = sum / n;
  const float scale = 1.0F / std::sqrt(squares_around(y, mean, columns) / n + norm.epsilon);
  const Vector center = hn::Set(d, mean), factor = hn::Set(d, scale);
  int64_t i = 0;
  for (; i + lanes <= columns; i += lanes) {
    const Vector v = hn::Mul(hn::Sub(hn::LoadU(d, y + i), center), factor);
    const Vector bias = norm.bias == nullptr ? hn::Zero(d) : hn::LoadU(d, norm.bias + i);
    hn::StoreU(hn::MulAdd(v, hn::LoadU(d, norm.weight + i), bias), d, y + i);
  }
  for (; i < columns; ++i) y[i] = (y[i] - mean) * scale * norm.weight[i] + (norm.bias == nullptr ? 0.0F : norm.bias[i]);
}

void layer_norm(const float* x, const float* residual, const NormWeights& norm, float* y, int64_t rows,
                int64_t columns) {
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r * columns;
    const float sum = add_row(x + at, residual == nullptr ? nullptr : residual + at, nullptr, y + at, columns);
    normalize_row(y + at, sum, norm, columns);
  }
}

void embedding(const EmbeddingRows& rows, const NormWeights& norm, float* y, int64_t columns) {
  for (size_t s = 0; s + 1 < rows.cu_seqlens.size(); ++s)
    for (int32_t i = rows.cu_seqlens[s]; i < rows.cu_seqlens[s + 1]; ++i, y += columns) {
      const auto token = static_cast<size_t>(i - rows.cu_seqlens[0]);
      const int64_t position = rows.position_offset + i - rows.cu_seqlens[s];
      const int64_t type = rows.type_ids.empty() ? 0 : rows.type_ids[token];
      const float sum = add_row(rows.word + rows.ids[token] * columns,
                                rows.position == nullptr ? nullptr : rows.position + position * columns,
                                rows.type == nullptr ? nullptr : rows.type + type * columns, y, columns);
      normalize_row(y, sum, norm, columns);
    }
}

}  // namespace weir::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir::kernels::cpu {

HWY_EXPORT(layer_norm);
HWY_EXPORT(embedding);

void layer_norm(const float* x, const float* residual, const NormWeights& norm, float* y, int64_t rows,
                int64_t columns) {
  HWY_DYNAMIC_DISPATCH(layer_norm)(x, residual, norm, y, rows, columns);
}
void embedding(const EmbeddingRows& rows, const NormWeights& norm, float* y, int64_t columns) {
  HWY_DYNAMIC_DISPATCH(embedding)(rows, norm, y, columns);
}

}  // namespace weir::kernels::cpu
#endif
