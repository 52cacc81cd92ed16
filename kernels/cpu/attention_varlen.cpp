// Attention over packed sequences, one sequence and head at a time, one group of queries against blocks of keys.
//
// Both products are outer products on register tiles of (rows x vectors), with one operand broadcast from memory:
//   scores^T [keys, queries]  = K [keys, dim] (broadcast) * Q^T [dim, queries]      (lanes are queries)
//   y        [queries, dim]   = P^T [keys, queries] (broadcast) * V [keys, dim]     (lanes are dimensions)
// Lanes as queries make the softmax vertical (no sum across a vector) and let the second product read the probabilities
// as the first one left them. Only Q is transposed. K and V of the head are copied together once: their rows lie 3 *
// heads * dim floats apart, which for common sizes falls into few cache sets. Softmax is online over the key blocks
// (Milakov and Gimelshein 2018; FlashAttention), in base 2 with the scale and log2 e folded into Q.
#include "kernels/cpu/attention_varlen.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/attention_varlen.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "kernels/cpu/vector_math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace weir::kernels::cpu::HWY_NAMESPACE {

using Tag = hn::ScalableTag<float>;
using Vector = hn::Vec<Tag>;
constexpr int64_t lanes = static_cast<int64_t>(hn::MaxLanes(Tag()));
constexpr int64_t key_block = 128;  // scores of a block and group stay in the first-level cache

// 32 vector registers with AVX-512, 16 before: rows of a tile whose other side is two vectors.
constexpr bool many_registers = HWY_TARGET <= HWY_AVX3;
constexpr int score_rows = many_registers ? 12 : 6;
constexpr int output_rows = many_registers ? 8 : 4;

// acc[r][v] = sum over k < depth of a[r * ARow + k * ADepth] * b[k * BDepth + v * lanes ...].
template <int Rows, int Vecs, int64_t ARow, int64_t ADepth, int64_t BDepth>
HWY_INLINE void tile(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, int64_t depth,
                     Vector (&acc)[Rows][Vecs]) {
  const Tag d;
  for (auto& row : acc)
    for (auto& v : row) v = hn::Zero(d);
  for (int64_t k = 0; k < depth; ++k, a += ADepth, b += BDepth) {
    Vector right[Vecs];
#pragma GCC unroll 4
    for (int v = 0; v < Vecs; ++v) right[v] = hn::Load(d, b + v * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const Vector left = hn::Set(d, a[r * ARow]);
#pragma GCC unroll 4
      for (int v = 0; v < Vecs; ++v) acc[r][v] = hn::MulAdd(left, right[v], acc[r][v]);
    }
  }
}

// One sequence and head. Stride is head_dim rounded up to a power of two, the row length in the copies of K and V.
template <int64_t Stride>
struct Head {
  const float* qkv;  // the first token's queries of this head
  int64_t qkv_row;   // floats from token to token
  int64_t count, dim;
  float scale;  // of the scores, times log2(e)
  float* y;     // the first token's row
  int64_t y_row;
  // Scratch: [count, Stride] twice, [Stride, group width], [key_block, group width].
  float *keys, *values, *queries, *scores;
};

// `rows` rows of `dim` floats to rows of Stride floats, padded with zeros.
template <int64_t Stride>
void copy_rows(const float* HWY_RESTRICT from, int64_t row, int64_t rows, int64_t dim, float* HWY_RESTRICT to) {
  const Tag d;
  for (int64_t r = 0; r < rows; ++r, from += row, to += Stride) {
    if (dim == Stride) {
#pragma GCC unroll 8
      for (int64_t c = 0; c < Stride; c += lanes) hn::Store(hn::LoadU(d, from + c), d, to + c);
    } else {
      std::memcpy(to, from, static_cast<size_t>(dim) * sizeof(float));
      std::fill(to + dim, to + Stride, 0.0F);
    }
  }
}

// Queries [first, first + count) as columns of a [dim, width] array, times scale; missing columns are zero.
void transpose_queries(const float* HWY_RESTRICT from, int64_t row, int64_t count, int64_t dim, float scale,
                       float* HWY_RESTRICT to, int64_t width) {
  int64_t done = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<float, 4> d;
  const auto factor = hn::Set(d, scale);
  const int64_t fours = dim / 4 * 4;
  for (; done + 4 <= std::min(count, width); done += 4) {
    const float* at = from + done * row;
    float* HWY_RESTRICT column = to + done;
    for (int64_t c = 0; c < fours; c += 4) {
      const auto r0 = hn::Mul(hn::LoadU(d, at + c), factor), r1 = hn::Mul(hn::LoadU(d, at + row + c), factor);
      const auto r2 = hn::Mul(hn::LoadU(d, at + 2 * row + c), factor),
                 r3 = hn::Mul(hn::LoadU(d, at + 3 * row + c), factor);
      const auto low01 = hn::InterleaveLower(d, r0, r1), high01 = hn::InterleaveUpper(d, r0, r1);
      const auto low23 = hn::InterleaveLower(d, r2, r3), high23 = hn::InterleaveUpper(d, r2, r3);
      hn::StoreU(hn::ConcatLowerLower(d, low23, low01), d, column + c * width);
      hn::StoreU(hn::ConcatUpperUpper(d, low23, low01), d, column + (c + 1) * width);
      hn::StoreU(hn::ConcatLowerLower(d, high23, high01), d, column + (c + 2) * width);
      hn::StoreU(hn::ConcatUpperUpper(d, high23, high01), d, column + (c + 3) * width);
    }
    for (int64_t c = fours; c < dim; ++c)
      for (int64_t i = 0; i < 4; ++i) column[c * width + i] = at[i * row + c] * scale;
  }
#endif
  for (int64_t q = done; q < width; ++q)
    for (int64_t c = 0; c < dim; ++c) to[c * width + q] = q < count ? from[q * row + c] * scale : 0.0F;
}

// QVecs vectors of neighbouring queries of a head, and where their softmax stands.
template <int64_t Stride, int QVecs>
class Group {
 public:
  static constexpr int64_t width = QVecs * lanes;

  Group(const Head<Stride>& head, int64_t first)
      : head_(head), first_(first), count_(std::min(width, head.count - first)) {
    const Tag d;
    transpose_queries(head.qkv + first * head.qkv_row, head.qkv_row, count_, head.dim, head.scale, head.queries, width);
    for (int v = 0; v < QVecs; ++v) {
      highest_[v] = hn::Set(d, -3.0e38F);
      sum_[v] = hn::Zero(d);
    }
  }

  HWY_INLINE void run() {
    for (int64_t begin = 0; begin < head_.count; begin += key_block) {
      const int64_t end = std::min(head_.count, begin + key_block);
      probabilities(begin, end);
      const int64_t columns = (head_.dim + lanes - 1) / lanes * lanes;
      int64_t column = 0;
      for (; column + 2 * lanes <= columns; column += 2 * lanes) output<2>(column, begin, end);
      if (column < columns) output<1>(column, begin, end);
    }
  }

 private:
  // Scores of keys [key, end) against the group, `Rows` keys at a time; returns the first key not done.
  template <int Rows>
  HWY_INLINE int64_t score_tiles(int64_t key, int64_t begin, int64_t end, Vector (&top)[QVecs]) const {
    const Tag d;
    for (; key + Rows <= end; key += Rows) {
      Vector acc[Rows][QVecs];
      tile<Rows, QVecs, Stride, 1, width>(head_.keys + key * Stride, head_.queries, head_.dim, acc);
      float* HWY_RESTRICT to = head_.scores + (key - begin) * width;
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < QVecs; ++v) {
          top[v] = hn::Max(top[v], acc[r][v]);
          hn::Store(acc[r][v], d, to + r * width + v * lanes);
        }
    }
    return key;
  }

  // Leaves in head.scores e^(score - highest so far) of keys [begin, end), in sum_ their sum with what went before, and
  // in rescale_ and normalize_ what the rows of y are to be multiplied with before and after this block is added.
  HWY_INLINE void probabilities(int64_t begin, int64_t end) {
    const Tag d;
    Vector top[QVecs], sum[QVecs];
    for (int v = 0; v < QVecs; ++v) top[v] = highest_[v];
    int64_t key = score_tiles<score_rows>(begin, begin, end, top);
    key = score_tiles<4>(key, begin, end, top);
    score_tiles<1>(key, begin, end, top);
    for (int v = 0; v < QVecs; ++v) {
      const Vector rescale = exp2_bounded(d, hn::Sub(highest_[v], top[v]));
      hn::Store(rescale, d, rescale_ + v * lanes);
      sum[v] = hn::Mul(sum_[v], rescale);
      highest_[v] = top[v];
    }
    float* HWY_RESTRICT at = head_.scores;
    for (int64_t k = begin; k < end; ++k, at += width)
#pragma GCC unroll 4
      for (int v = 0; v < QVecs; ++v) {
        const Vector p = exp2_bounded(d, hn::Sub(hn::Load(d, at + v * lanes), top[v]));
        sum[v] = hn::Add(sum[v], p);
        hn::Store(p, d, at + v * lanes);
      }
    for (int v = 0; v < QVecs; ++v) {
      sum_[v] = sum[v];
      hn::Store(hn::Div(hn::Set(d, 1.0F), sum[v]), d, normalize_ + v * lanes);
    }
  }

  template <int Vecs>
  HWY_INLINE void output(int64_t column, int64_t begin, int64_t end) const {
    int64_t query = output_tiles<output_rows, Vecs>(0, column, begin, end);
    query = output_tiles<2, Vecs>(query, column, begin, end);
    output_tiles<1, Vecs>(query, column, begin, end);
  }

  template <int Rows, int Vecs>
  HWY_INLINE int64_t output_tiles(int64_t query, int64_t column, int64_t begin, int64_t end) const {
    const Tag d;
    for (; query + Rows <= count_; query += Rows) {
      Vector acc[Rows][Vecs];
      tile<Rows, Vecs, 1, width, Stride>(head_.scores + query, head_.values + begin * Stride + column, end - begin,
                                         acc);
      float* to = head_.y + (first_ + query) * head_.y_row + column;
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r, to += head_.y_row)
#pragma GCC unroll 4
        for (int v = 0; v < Vecs; ++v) {
          Vector out = acc[r][v];
          if (begin > 0) out = hn::MulAdd(hn::LoadU(d, to + v * lanes), hn::Set(d, rescale_[query + r]), out);
          if (end == head_.count) out = hn::Mul(out, hn::Set(d, normalize_[query + r]));
          hn::StoreU(out, d, to + v * lanes);
        }
    }
    return query;
  }

  const Head<Stride>& head_;
  const int64_t first_, count_;
  Vector highest_[QVecs], sum_[QVecs];
  HWY_ALIGN float rescale_[width];
  HWY_ALIGN float normalize_[width];
};

template <int64_t Stride>
void run_head(const Head<Stride>& head) {
  const float* rows = head.qkv;
  const int64_t all_heads = head.qkv_row / 3;
  copy_rows<Stride>(rows + all_heads, head.qkv_row, head.count, head.dim, head.keys);
  copy_rows<Stride>(rows + 2 * all_heads, head.qkv_row, head.count, head.dim, head.values);
  int64_t query = 0;
  for (; query + lanes < head.count; query += 2 * lanes) Group<Stride, 2>(head, query).run();
  if (query < head.count) Group<Stride, 1>(head, query).run();
}

template <int64_t Stride>
void run_all(const AttentionProblem& problem, float* scratch) {
  const int64_t width = int64_t{problem.heads} * problem.head_dim, dim = problem.head_dim;
  const bool aligned = dim % lanes == 0;  // else tiles would write beyond a head's columns
  for (size_t s = 0; s + 1 < problem.cu_seqlens.size(); ++s) {
    const int64_t first = problem.cu_seqlens[s] - problem.cu_seqlens[0];
    const int64_t count = problem.cu_seqlens[s + 1] - problem.cu_seqlens[s];
    for (int64_t h = 0; h < problem.heads; ++h) {
      float* at = scratch;
      const auto take = [&at](int64_t floats) { return (at += floats) - floats; };
      Head<Stride> head{};
      head.qkv = problem.qkv + first * 3 * width + h * dim;
      head.qkv_row = 3 * width;
      head.count = count;
      head.dim = dim;
      head.scale = problem.scale * 1.44269504F;
      head.queries = take(Stride * 2 * lanes);
      head.scores = take(key_block * 2 * lanes);
      head.keys = take(count * Stride);
      head.values = take(count * Stride);
      float* const rows = problem.y + first * width + h * dim;
      head.y = aligned ? rows : take(count * Stride);
      head.y_row = aligned ? width : Stride;
      run_head(head);
      if (aligned) continue;
      for (int64_t r = 0; r < count; ++r)
        std::memcpy(rows + r * width, head.y + r * Stride, static_cast<size_t>(dim) * sizeof(float));
    }
  }
}

void attention(const AttentionProblem& problem, float* scratch) {
  if (problem.head_dim <= 16) return run_all<16>(problem, scratch);
  if (problem.head_dim <= 32) return run_all<32>(problem, scratch);
  if (problem.head_dim <= 64) return run_all<64>(problem, scratch);
  if (problem.head_dim <= 128) return run_all<128>(problem, scratch);
  run_all<256>(problem, scratch);
}

}  // namespace weir::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir::kernels::cpu {

HWY_EXPORT(attention);

size_t attention_scratch(int32_t longest, int32_t head_dim) {
  constexpr size_t widest_group = 32, keys = 128;
  const size_t stride = head_dim <= 128 ? 128 : 256;
  return (stride + keys) * widest_group + 3 * stride * static_cast<size_t>(longest);
}

void attention(const AttentionProblem& problem, float* scratch) {
  assert(problem.head_dim >= 1 && problem.head_dim <= attention_max_head_dim);
  HWY_DYNAMIC_DISPATCH(attention)(problem, scratch);
}

}  // namespace weir::kernels::cpu
#endif
