// Exponentials and activations on vectors, compiled once per Highway target (so: no #pragma once, but Highway's
// toggle). NaN goes in and comes out: x86 min and max return their second operand when one is NaN, so x always stands
// second.
#if defined(VECTOR_MATH_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef VECTOR_MATH_INL
#undef VECTOR_MATH_INL
#else
#define VECTOR_MATH_INL
#endif

#include <hwy/highway.h>

#include "kernels/activation.hpp"

HWY_BEFORE_NAMESPACE();
namespace weir::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// max(bound, x) and min(bound, x), and NaN where x is NaN. x86's instructions return their second operand when one is
// NaN.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V at_least(D d, float bound, V x) {
  const V v = hn::Max(hn::Set(d, bound), x);
  return HWY_TARGET == HWY_SCALAR ? hn::IfThenElse(hn::IsNaN(x), x, v) : v;
}
template <class D, class V = hn::Vec<D>>
HWY_INLINE V at_most(D d, float bound, V x) {
  const V v = hn::Min(hn::Set(d, bound), x);
  return HWY_TARGET == HWY_SCALAR ? hn::IfThenElse(hn::IsNaN(x), x, v) : v;
}

// 2^f * 2^n for |f| <= 1/2, error 0.7 ulp. `shifted` is magic + n: the integer n in the low bits of a float.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp2_parts(D d, V f, V shifted) {
  const hn::RebindToSigned<D> di;
  V p = hn::Set(d, 0x1.41fbbap-13F);
  p = hn::MulAdd(p, f, hn::Set(d, 0x1.5f3e54p-10F));
  p = hn::MulAdd(p, f, hn::Set(d, 0x1.3b2d4cp-7F));
  p = hn::MulAdd(p, f, hn::Set(d, 0x1.c6aee8p-5F));
  p = hn::MulAdd(p, f, hn::Set(d, 0x1.ebfbdcp-3F));
  p = hn::MulAdd(p, f, hn::Set(d, 0x1.62e430p-1F));
  p = hn::MulAdd(p, f, hn::Set(d, 1.0F));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::BitCast(di, shifted))));
}

constexpr float round_magic = 12582912.0F;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits

// 2^x for x <= 127; below -126 the result is 2^-126, which is nothing beside the 1 of a softmax.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp2_bounded(D d, V x) {
  x = at_least(d, -126.0F, x);
  const V shifted = hn::Add(x, hn::Set(d, round_magic));
  return exp2_parts(d, hn::Sub(x, hn::Sub(shifted, hn::Set(d, round_magic))), shifted);
}

// e^x with |x| clamped to 87. log2(e) in two parts keeps the reduced argument exact.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp_clamped(D d, V x) {
  x = at_most(d, 87.0F, at_least(d, -87.0F, x));
  const V high = hn::Set(d, 0x1.715476p+0F), low = hn::Set(d, 0x1.4ae0cp-26F), magic = hn::Set(d, round_magic);
  const V shifted = hn::MulAdd(x, high, magic);
  const V f = hn::MulAdd(x, low, hn::MulSub(x, high, hn::Sub(shifted, magic)));
  return exp2_parts(d, f, shifted);
}

// x/2 (1 + erf(x / sqrt 2)) = max(x, 0) - |x| Q(|x|), where Q(t) = erfc(t / sqrt 2) / 2 falls from 1/2 to nothing
// at 5.3: one degree-15 minimax polynomial in t mapped to [-1, 1]. Error below that of the formula evaluated in fp32,
// for small x relative to x.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V gelu_erf(D d, V x) {
  const V t = at_most(d, 5.3F, hn::Abs(x));
  const V w = hn::MulSub(t, hn::Set(d, 2.0F / 5.3F), hn::Set(d, 1.0F));
  V q = hn::Set(d, -0x1.1b89e6p-8F);
  q = hn::MulAdd(q, w, hn::Set(d, 0x1.89c302p-8F));
  q = hn::MulAdd(q, w, hn::Set(d, 0x1.45c062p-6F));
  q = hn::MulAdd(q, w, hn::Set(d, -0x1.442262p-5F));
  q = hn::MulAdd(q, w, hn::Set(d, -0x1.6a1114p-6F));
  q = hn::MulAdd(q, w, hn::Set(d, 0x1.b28d36p-4F));
  q = hn::MulAdd(q, w, hn::Set(d, -0x1.e790a2p-5F));
  q = hn::MulAdd(q, w, hn::Set(d, -0x1.bc82cap-4F));
  q = hn::MulAdd(q, w, hn::Set(d, 0x1.9eba96p-3F));
  q = hn::MulAdd(q, w, hn::Set(d, -0x1.6fe0a4p-4F));
  q = hn::MulAdd(q, w, hn::Set(d, -0x1.0f1ef0p-3F));
  q = hn::MulAdd(q, w, hn::Set(d, 0x1.0b33bcp-2F));
  q = hn::MulAdd(q, w, hn::Set(d, -0x1.c7aa6cp-3F));
  q = hn::MulAdd(q, w, hn::Set(d, 0x1.c6002ep-4F));
  q = hn::MulAdd(q, w, hn::Set(d, -0x1.029a8ep-5F));
  q = hn::MulAdd(q, w, hn::Set(d, 0x1.07c190p-8F));
  return hn::NegMulAdd(t, q, at_least(d, 0.0F, x));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V sigmoid(D d, V x) {
  const V one = hn::Set(d, 1.0F);
  return hn::Div(one, hn::Add(one, exp_clamped(d, hn::Neg(x))));
}

// tanh y = 2 sigmoid(2y) - 1, so 1/2 (1 + tanh y) = sigmoid(2y).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V gelu_tanh(D d, V x) {
  const V inner = hn::MulAdd(hn::Mul(hn::Mul(x, x), x), hn::Set(d, 0.044715F), x);
  return hn::Mul(x, sigmoid(d, hn::Mul(inner, hn::Set(d, 1.5957691216057308F))));
}

// Cephes' tanhf: an odd polynomial below 0.625, 1 - 2 / (e^2|x| + 1) above.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V tanh(D d, V x) {
  const V a = hn::Abs(x), one = hn::Set(d, 1.0F), z = hn::Mul(x, x);
  V p = hn::Set(d, -5.70498872745E-3F);
  p = hn::MulAdd(p, z, hn::Set(d, 2.06390887954E-2F));
  p = hn::MulAdd(p, z, hn::Set(d, -5.37397155531E-2F));
  p = hn::MulAdd(p, z, hn::Set(d, 1.33314422036E-1F));
  p = hn::MulAdd(p, z, hn::Set(d, -3.33332819422E-1F));
  const V small = hn::MulAdd(hn::Mul(p, z), x, x);
  const V large = hn::Sub(one, hn::Div(hn::Set(d, 2.0F), hn::Add(exp_clamped(d, hn::Add(a, a)), one)));
  return hn::IfThenElse(hn::Lt(a, hn::Set(d, 0.625F)), small, hn::CopySignToAbs(large, x));
}

template <Activation kind, class D, class V = hn::Vec<D>>
HWY_INLINE V apply(D d, V x) {
  if constexpr (kind == Activation::gelu_erf) return gelu_erf(d, x);
  if constexpr (kind == Activation::gelu_tanh) return gelu_tanh(d, x);
  if constexpr (kind == Activation::relu) return at_least(d, 0.0F, x);
  if constexpr (kind == Activation::silu) return hn::Mul(x, sigmoid(d, x));
  if constexpr (kind == Activation::tanh) return tanh(d, x);
  if constexpr (kind == Activation::sigmoid) return sigmoid(d, x);
  return x;
}

}  // namespace weir::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
