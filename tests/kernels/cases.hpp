#pragma once

// The problems that each operation is tested on; bench/encoder times the same ones (those with `timed`).

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace weir::kernels::cases {

struct Gemm {
  int64_t rows, in, out;
  bool bias = true;
  bool timed = false;
  std::string name() const { return fmt::format("{}x{}x{}{}", rows, in, out, bias ? "" : "_no_bias"); }
};
inline const std::vector<Gemm>& gemm() {
  static const std::vector<Gemm> list{
      {1, 1, 1},
      {1, 384, 384},
      {3, 5, 7},
      {7, 33, 17, false},
      {16, 64, 48},
      {33, 128, 129},
      {300, 8, 1536},
      {520, 65, 96},
      {128, 384, 1, false},
      {512, 384, 1152, true, true},
      {512, 384, 384, true, true},
      {512, 384, 1536, true, true},
      {512, 1536, 384, true, true},
  };
  return list;
}

// Rows and columns of the operations that work row by row.
struct Rows {
  int64_t rows, columns;
  bool timed = false;
  std::string name() const { return fmt::format("{}x{}", rows, columns); }
};
inline const std::vector<Rows>& rows() {
  static const std::vector<Rows> list{{1, 1},  {1, 2},    {2, 7},    {3, 16},          {5, 31},
                                      {4, 33}, {1, 4097}, {17, 384}, {256, 384, true}, {3, 1000}};
  return list;
}

// Lengths of the sequences of a batch.
struct Lengths {
  const char* label;
  std::vector<int32_t> lengths;
  bool timed = false;
};
inline const std::vector<Lengths>& lengths() {
  static const std::vector<Lengths> list{
      {"one_token", {1}},
      {"two_tokens", {2}},
      {"short", {3, 1, 7, 2, 5, 4, 1, 1, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}},
      {"around_vectors", {31, 32, 33, 47, 48, 49, 63, 64, 65}},
      {"around_key_block", {127, 128, 129}},
      {"two_key_blocks", {255, 256, 257}},
      {"long", {512, 1, 700}},
      {"many_20", std::vector<int32_t>(50, 20), true},
      {"equal_32", std::vector<int32_t>(16, 32), true},
      {"equal_128", std::vector<int32_t>(4, 128), true},
      {"equal_512", {512}, true},
  };
  return list;
}

struct Heads {
  int32_t heads, dim;
  bool timed = false;
  std::string name() const { return fmt::format("{}x{}", heads, dim); }
};
inline const std::vector<Heads>& heads() {
  static const std::vector<Heads> list{{2, 32, true}, {2, 64, true}, {1, 16}, {2, 48},  {1, 128}, {3, 8},
                                       {2, 5},        {1, 20},       {1, 96}, {1, 160}, {2, 200}, {1, 256}};
  return list;
}

}  // namespace weir::kernels::cases
