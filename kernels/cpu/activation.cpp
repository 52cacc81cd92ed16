#include "kernels/cpu/activation.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/activation.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "kernels/cpu/vector_math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace weir::kernels::cpu::HWY_NAMESPACE {

using Tag = hn::ScalableTag<float>;
using Vector = hn::Vec<Tag>;

// The last `count` < lanes values of a row, as a vector padded with `fill`.
HWY_INLINE Vector load_tail(Tag d, const float* from, size_t count, float fill) {
  HWY_ALIGN float buffer[hn::MaxLanes(Tag())];
  std::fill(std::copy_n(from, count, buffer), buffer + hn::Lanes(d), fill);
  return hn::Load(d, buffer);
}

HWY_INLINE void store_tail(Tag d, Vector v, float* to, size_t count) {
  HWY_ALIGN float buffer[hn::MaxLanes(Tag())];
  hn::Store(v, d, buffer);
  std::copy_n(buffer, count, to);
}

template <Activation kind>
void run_rows(float* HWY_RESTRICT y, const float* HWY_RESTRICT bias, int64_t rows, int64_t columns) {
  const Tag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t full = columns / lanes * lanes;
  const auto rest = static_cast<size_t>(columns - full);
  for (int64_t r = 0; r < rows; ++r, y += columns) {
    for (int64_t c = 0; c < full; c += lanes) {
      Vector v = hn::LoadU(d, y + c);
      if (bias != nullptr) v = hn::Add(v, hn::LoadU(d, bias + c));
      hn::StoreU(apply<kind>(d, v), d, y + c);
    }
    if (rest == 0) continue;
    Vector v = load_tail(d, y + full, rest, 0.0F);
    if (bias != nullptr) v = hn::Add(v, load_tail(d, bias + full, rest, 0.0F));
    store_tail(d, apply<kind>(d, v), y + full, rest);
  }
}

void add_bias_activate(float* y, const float* bias, int64_t rows, int64_t columns, Activation activation) {
  switch (activation) {
    case Activation::none: return run_rows<Activation::none>(y, bias, rows, columns);
    case Activation::gelu_erf: return run_rows<Activation::gelu_erf>(y, bias, rows, columns);
    case Activation::gelu_tanh: return run_rows<Activation::gelu_tanh>(y, bias, rows, columns);
    case Activation::relu: return run_rows<Activation::relu>(y, bias, rows, columns);
    case Activation::silu: return run_rows<Activation::silu>(y, bias, rows, columns);
    case Activation::tanh: return run_rows<Activation::tanh>(y, bias, rows, columns);
    case Activation::sigmoid: return run_rows<Activation::sigmoid>(y, bias, rows, columns);
  }
}

void softmax_rows(float* x, int64_t rows, int64_t columns) {
  const Tag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t full = columns / lanes * lanes;
  const auto rest = static_cast<size_t>(columns - full);
  constexpr float nothing = -3.0e38F;
  for (int64_t r = 0; r < rows; ++r, x += columns) {
    const Vector tail = load_tail(d, x + full, rest, nothing);
    Vector top = tail;
    for (int64_t c = 0; c < full; c += lanes) top = hn::Max(top, hn::LoadU(d, x + c));
    top = hn::MaxOfLanes(d, top);
    Vector sum = hn::Zero(d);
    for (int64_t c = 0; c < full; c += lanes) {
      const Vector e = exp_clamped(d, hn::Sub(hn::LoadU(d, x + c), top));
      sum = hn::Add(sum, e);
      hn::StoreU(e, d, x + c);
    }
    const Vector e = exp_clamped(d, hn::Sub(tail, top));
    const auto real = hn::FirstN(d, rest);
    sum = hn::SumOfLanes(d, hn::Add(sum, hn::IfThenElseZero(real, e)));
    for (int64_t c = 0; c < full; c += lanes) hn::StoreU(hn::Div(hn::LoadU(d, x + c), sum), d, x + c);
    store_tail(d, hn::Div(e, sum), x + full, rest);
  }
}

}  // namespace weir::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir::kernels::cpu {

HWY_EXPORT(add_bias_activate);
HWY_EXPORT(softmax_rows);

void add_bias_activate(float* y, const float* bias, int64_t rows, int64_t columns, Activation activation) {
  HWY_DYNAMIC_DISPATCH(add_bias_activate)(y, bias, rows, columns, activation);
}
void softmax_rows(float* x, int64_t rows, int64_t columns) { HWY_DYNAMIC_DISPATCH(softmax_rows)(x, rows, columns); }

}  // namespace weir::kernels::cpu
#endif
