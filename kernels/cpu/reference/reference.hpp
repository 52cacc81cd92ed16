#pragma once

// Every operation as its formula says, on plain arrays, in the arithmetic of T: double gives the truth that tests
// measure against, float the error that a straightforward implementation has. Speed does not matter here. Shapes as in
// the operation's own header.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include "base/task.hpp"
#include "kernels/activation.hpp"

namespace weir::kernels::reference {

template <typename T>
T apply(Activation activation, T x) {
  switch (activation) {
    case Activation::none: return x;
    case Activation::gelu_erf: return T(0.5) * x * (T(1) + std::erf(x / std::numbers::sqrt2_v<T>));
    case Activation::gelu_tanh: {
      const T inner = std::sqrt(T(2) / std::numbers::pi_v<T>) * (x + T(0.044715) * x * x * x);
      return T(0.5) * x * (T(1) + std::tanh(inner));
    }
    case Activation::relu: return std::max(x, T(0));
    case Activation::silu: return x / (T(1) + std::exp(-x));
    case Activation::tanh: return std::tanh(x);
    case Activation::sigmoid: return T(1) / (T(1) + std::exp(-x));
  }
  return x;
}

// x [rows, in], weight [out, in], bias [out] or null.
template <typename T>
void gemm(const float* x, const float* weight, const float* bias, T* y, int64_t rows, int64_t in, int64_t out,
          Activation epilogue) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t o = 0; o < out; ++o) {
      T sum = 0;
      for (int64_t i = 0; i < in; ++i) sum += T(x[r * in + i]) * T(weight[o * in + i]);
      if (bias != nullptr) sum += T(bias[o]);
      y[r * out + o] = apply(epilogue, sum);
    }
}

// One row, in place in T.
template <typename T>
void normalize_row(std::span<T> row, const float* weight, const float* bias, float epsilon) {
  const T n = static_cast<T>(row.size());
  T mean = 0, variance = 0;
  for (const T v : row) mean += v;
  mean /= n;
  for (const T v : row) variance += (v - mean) * (v - mean);
  const T scale = T(1) / std::sqrt(variance / n + T(epsilon));
  for (size_t i = 0; i < row.size(); ++i)
    row[i] = (row[i] - mean) * scale * T(weight[i]) + (bias == nullptr ? T(0) : T(bias[i]));
}

// residual may be null.
template <typename T>
void layer_norm(const float* x, const float* residual, const float* weight, const float* bias, float epsilon, T* y,
                int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; ++r) {
    T* row = y + r * columns;
    for (int64_t c = 0; c < columns; ++c) {
      const int64_t at = r * columns + c;
      row[c] = T(x[at]) + (residual == nullptr ? T(0) : T(residual[at]));
    }
    normalize_row(std::span<T>(row, static_cast<size_t>(columns)), weight, bias, epsilon);
  }
}

struct EmbeddingInput {
  std::span<const int32_t> ids, type_ids, cu_seqlens;
  const float *word, *position, *type;  // position and type may be null
  int32_t position_offset;
};

template <typename T>
void embedding(const EmbeddingInput& in, const float* weight, const float* bias, float epsilon, T* y, int64_t columns) {
  for (size_t s = 0; s + 1 < in.cu_seqlens.size(); ++s)
    for (int32_t at = in.cu_seqlens[s]; at < in.cu_seqlens[s + 1]; ++at) {
      const auto token = static_cast<size_t>(at - in.cu_seqlens[0]);
      T* row = y + static_cast<int64_t>(token) * columns;
      const int32_t position = in.position_offset + at - in.cu_seqlens[s];
      const int32_t type = in.type_ids.empty() ? 0 : in.type_ids[token];
      for (int64_t c = 0; c < columns; ++c) {
        row[c] = T(in.word[in.ids[token] * columns + c]);
        if (in.position != nullptr) row[c] += T(in.position[position * columns + c]);
        if (in.type != nullptr) row[c] += T(in.type[type * columns + c]);
      }
      normalize_row(std::span<T>(row, static_cast<size_t>(columns)), weight, bias, epsilon);
    }
}

template <typename T>
void softmax_row(std::span<T> row) {
  const T highest = *std::max_element(row.begin(), row.end());
  T sum = 0;
  for (T& v : row) sum += v = std::exp(v - highest);
  for (T& v : row) v /= sum;
}

template <typename T>
void attention(const float* qkv, std::span<const int32_t> cu_seqlens, int64_t heads, int64_t dim, float scale, T* y) {
  const int64_t width = heads * dim;
  std::vector<T> scores;
  for (size_t s = 0; s + 1 < cu_seqlens.size(); ++s) {
    const int64_t first = cu_seqlens[s] - cu_seqlens[0], count = cu_seqlens[s + 1] - cu_seqlens[s];
    scores.resize(static_cast<size_t>(count));
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t q = 0; q < count; ++q) {
        const float* query = qkv + (first + q) * 3 * width + h * dim;
        for (int64_t k = 0; k < count; ++k) {
          const float* key = qkv + (first + k) * 3 * width + width + h * dim;
          T dot = 0;
          for (int64_t d = 0; d < dim; ++d) dot += T(query[d]) * T(key[d]);
          scores[static_cast<size_t>(k)] = dot * T(scale);
        }
        softmax_row(std::span<T>(scores));
        T* out = y + (first + q) * width + h * dim;
        std::fill_n(out, dim, T(0));
        for (int64_t k = 0; k < count; ++k) {
          const float* value = qkv + (first + k) * 3 * width + 2 * width + h * dim;
          for (int64_t d = 0; d < dim; ++d) out[d] += scores[static_cast<size_t>(k)] * T(value[d]);
        }
      }
  }
}

template <typename T>
void pool(PoolerKind kind, const float* hidden, std::span<const int32_t> cu_seqlens, std::span<const int32_t> skip,
          T* y, int64_t columns) {
  for (size_t s = 0; s + 1 < cu_seqlens.size(); ++s) {
    const int64_t first = cu_seqlens[s] - cu_seqlens[0], count = cu_seqlens[s + 1] - cu_seqlens[s];
    for (int64_t c = 0; c < columns; ++c) {
      const auto value = [&](int64_t i) { return T(hidden[(first + i) * columns + c]); };
      const int64_t begin = skip.empty() ? 0 : skip[s];
      T sum = 0, weighted = 0, weights = 0, highest = -std::numeric_limits<T>::infinity();
      for (int64_t i = begin; i < count; ++i) {
        sum += value(i);
        weighted += value(i) * T(i + 1);
        weights += T(i + 1);
        highest = std::max(highest, value(i));
      }
      T& out = y[static_cast<int64_t>(s) * columns + c];
      switch (kind) {
        case PoolerKind::cls: out = value(begin); break;
        case PoolerKind::last: out = value(count - 1); break;
        case PoolerKind::max: out = highest; break;
        case PoolerKind::mean: out = sum / T(count - begin); break;
        case PoolerKind::mean_sqrt_len: out = sum / std::sqrt(T(count - begin)); break;
        case PoolerKind::weighted_mean: out = weighted / weights; break;
        case PoolerKind::all: break;  // copies rows: no reduction
      }
    }
  }
}

template <typename T>
void l2_normalize_row(std::span<T> row, float epsilon) {
  T sum = 0;
  for (const T v : row) sum += v * v;
  const T norm = std::max(std::sqrt(sum), T(epsilon));
  for (T& v : row) v /= norm;
}

}  // namespace weir::kernels::reference
