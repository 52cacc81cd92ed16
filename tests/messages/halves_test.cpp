#include "messages/halves.hpp"

#include <charconv>
#include <cmath>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace weir {
namespace {

// A half by definition, in double arithmetic: slow and plain.
double value_of(uint16_t half, int exponent_bits, int mantissa_bits) {
  const int exponent = half >> mantissa_bits & ((1 << exponent_bits) - 1);
  const int mantissa = half & ((1 << mantissa_bits) - 1);
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double sign = half & 0x8000 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1) return mantissa ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  return sign * std::ldexp(mantissa + (1 << mantissa_bits), exponent - bias - mantissa_bits);
}

// The nearest half, ties to even, by search among neighbours.
uint16_t nearest(double value, int exponent_bits, int mantissa_bits) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const double magnitude = std::fabs(value);
  const auto infinity = static_cast<uint16_t>(((1 << exponent_bits) - 1) << mantissa_bits);
  uint16_t low = 0;
  uint16_t high = infinity;
  while (high - low > 1) {  // magnitude in [low, high)
    const auto middle = static_cast<uint16_t>((low + high) / 2);
    (value_of(middle, exponent_bits, mantissa_bits) <= magnitude ? low : high) = middle;
  }
  const double below = value_of(low, exponent_bits, mantissa_bits);
  // Infinity stands where the next number of the same spacing would.
  const double above =
      high == infinity ? std::ldexp(1.0, 1 << (exponent_bits - 1)) : value_of(high, exponent_bits, mantissa_bits);
  const double middle = (below + above) / 2;
  const bool up = magnitude > middle || (magnitude == middle && (low & 1));
  return sign | (up ? high : low);
}

struct Kind {
  int exponent_bits;
  int mantissa_bits;
  int digits;
  uint16_t (*to)(float);
  float (*from)(uint16_t);
};
constexpr Kind kinds[]{{5, 10, 5, to_float16, from_float16}, {8, 7, 4, to_bfloat16, from_bfloat16}};

}  // namespace

TEST(Halves, all_patterns_mean_what_the_definition_says_and_come_back) {
  for (const Kind& kind : kinds)
    for (uint32_t pattern = 0; pattern < 65536; ++pattern) {
      const auto half = static_cast<uint16_t>(pattern);
      const float value = kind.from(half);
      if (std::isnan(value)) {
        ASSERT_TRUE(std::isnan(value_of(half, kind.exponent_bits, kind.mantissa_bits)));
        ASSERT_TRUE(std::isnan(kind.from(kind.to(value))));
        ASSERT_EQ(kind.to(value) & 0x8000, half & 0x8000);
        continue;
      }
      ASSERT_EQ(static_cast<double>(value), value_of(half, kind.exponent_bits, kind.mantissa_bits)) << pattern;
      ASSERT_EQ(std::signbit(value), half >> 15 == 1);
      ASSERT_EQ(kind.to(value), half);
    }
}

TEST(Halves, round_to_the_nearest_with_ties_to_even) {
  std::mt19937 random(5);
  for (const Kind& kind : kinds) {
    const auto check = [&](float value) {
      ASSERT_EQ(kind.to(value), nearest(value, kind.exponent_bits, kind.mantissa_bits)) << value;
    };
    for (int i = 0; i < 200'000; ++i) {
      const auto value = std::bit_cast<float>(static_cast<uint32_t>(random()));
      if (!std::isnan(value) && !std::isinf(value)) check(value);
    }
    // Each midpoint between neighbours, and the floats beside it.
    for (uint32_t half = 0; half < (((1u << kind.exponent_bits) - 1) << kind.mantissa_bits) - 1; ++half) {
      const float middle =
          (kind.from(static_cast<uint16_t>(half)) / 2 + kind.from(static_cast<uint16_t>(half + 1)) / 2);
      check(middle);
      check(std::nextafter(middle, INFINITY));
      check(std::nextafter(middle, 0));
    }
    for (const float value :
         {0.0f, -0.0f, 65504.0f, 65519.99f, 65520.0f, 65536.0f, -1e38f, 3.4e38f, 1e-45f, 0x1p-25f, 0x1.8p-25f})
      check(value);
  }
  EXPECT_EQ(to_float16(65520), 0x7C00);
  EXPECT_EQ(to_float16(INFINITY), 0x7C00);
  EXPECT_EQ(to_bfloat16(-INFINITY), 0xFF80);
}

TEST(Halves, few_digits_name_each_one) {
  for (const Kind& kind : kinds)
    for (uint32_t pattern = 0; pattern < 65536; ++pattern) {
      const float value = kind.from(static_cast<uint16_t>(pattern));
      if (!std::isfinite(value)) continue;
      char text[32];
      auto* const end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, kind.digits).ptr;
      float back = 0;
      ASSERT_EQ(std::from_chars(text, end, back).ec, std::errc{}) << std::string(text, end);
      ASSERT_EQ(kind.to(back), pattern) << std::string(text, end);
    }
}

}  // namespace weir
