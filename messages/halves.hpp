#pragma once

#include <bit>
#include <cstdint>

namespace weir {

// 16-bit floats as bit patterns. Rounding is to nearest, ties to even; what is too large becomes infinity (float16:
// from 65520 on); float16 keeps subnormals; a NaN stays a quiet NaN with its sign.

// After F. Giesen's float_to_half_fast3_rtne (gist.github.com/rygorous/2156668): the FPU's own rounding makes the
// subnormals.
inline uint16_t to_float16(float value) {
  const uint32_t all = std::bit_cast<uint32_t>(value);
  const uint32_t sign = all & 0x8000'0000u;
  uint32_t bits = all ^ sign;
  uint32_t half = 0;
  if (bits >= 0x4780'0000u) {  // 65536 and more
    half = bits > 0x7F80'0000u ? 0x7E00u : 0x7C00u;
  } else if (bits < 0x3880'0000u) {           // below the least normal number, 2^-14
    constexpr uint32_t magic = 0x3F00'0000u;  // 0.5: its last mantissa bit is worth 2^-24
    half = std::bit_cast<uint32_t>(std::bit_cast<float>(bits) + std::bit_cast<float>(magic)) - magic;
  } else {
    const uint32_t odd = bits >> 13 & 1;
    half = (bits - 0x3800'0000u + 0xFFFu + odd) >> 13;
  }
  return static_cast<uint16_t>(half | sign >> 16);
}

inline float from_float16(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t exponent = half >> 10 & 0x1Fu;
  const uint32_t mantissa = half & 0x3FFu;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F80'0000u | mantissa << 13);
  if (exponent == 0) {
    const float subnormal = static_cast<float>(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(subnormal));
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

inline uint16_t to_bfloat16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7FFF'FFFFu) > 0x7F80'0000u) return static_cast<uint16_t>(bits >> 16 | 0x40u);
  return static_cast<uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1)) >> 16);
}

inline float from_bfloat16(uint16_t half) { return std::bit_cast<float>(static_cast<uint32_t>(half) << 16); }

}  // namespace weir
