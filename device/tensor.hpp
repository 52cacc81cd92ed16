#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "base/dtype.hpp"

namespace weir {

template <typename T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<float>() {
  return DType::float32;
}
template <>
constexpr DType dtype_of<int32_t>() {
  return DType::int32;
}
template <>
constexpr DType dtype_of<int64_t>() {
  return DType::int64;
}
template <>
constexpr DType dtype_of<int8_t>() {
  return DType::int8;
}
template <>
constexpr DType dtype_of<uint8_t>() {
  return DType::uint8;
}

// A view of a row-major, contiguous array in a device's memory. It owns nothing and is copied like a pointer: whoever
// made the memory (a Buffer, a Workspace, a mapped file) keeps it alive. Operations write to the tensors that their
// headers name as outputs only, so a Tensor over constant memory is a fine input. An empty Tensor (no data) means
// "absent".
struct Tensor {
  std::byte* data = nullptr;
  DType dtype = DType::float32;
  int32_t rank = 0;
  std::array<int64_t, 4> shape{};  // the first `rank` entries count

  Tensor() = default;
  Tensor(std::byte* at, DType type, std::initializer_list<int64_t> dims) : data(at), dtype(type) {
    assert(dims.size() <= shape.size());
    for (const int64_t dim : dims) shape[static_cast<size_t>(rank++)] = dim;
  }
  template <typename T>
  static Tensor of(const T* at, std::initializer_list<int64_t> dims) {
    return {reinterpret_cast<std::byte*>(const_cast<T*>(at)), dtype_of<T>(), dims};
  }

  explicit operator bool() const { return data != nullptr; }

  template <typename T>
  T* as() const {
    assert(dtype == dtype_of<T>());
    return reinterpret_cast<T*>(data);
  }

  int64_t elements() const {
    int64_t count = 1;
    for (int32_t i = 0; i < rank; ++i) count *= shape[static_cast<size_t>(i)];
    return count;
  }
  size_t bytes() const { return static_cast<size_t>(elements()) * size_of(dtype); }
  // The tensor as a matrix: the last dimension, and all others together.
  int64_t columns() const { return rank == 0 ? 1 : shape[static_cast<size_t>(rank - 1)]; }
  int64_t rows() const { return columns() == 0 ? 0 : elements() / columns(); }
  // Rows [first, first + count) of that matrix.
  Tensor slice_rows(int64_t first, int64_t count) const {
    assert(first >= 0 && count >= 0 && first + count <= rows());
    return {data + static_cast<size_t>(first * columns()) * size_of(dtype), dtype, {count, columns()}};
  }
};

}  // namespace weir
