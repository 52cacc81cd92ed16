#include "kernels/matrix.hpp"

#include <cstring>

#include <fmt/format.h>

#include "kernels/cpu/gemm.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {

Result<Matrix> Matrix::prepare(Device& device, Tensor weight, Tensor bias) {
  return prepare_stacked(device, {&weight, 1}, {&bias, 1});
}

Result<Matrix> Matrix::prepare_stacked(Device& device, std::span<const Tensor> weights,
                                       std::span<const Tensor> biases) {
  if (weights.empty() || weights.size() != biases.size())
    return fail(ErrorCode::corrupt, fmt::format("matrix: {} weights, {} biases", weights.size(), biases.size()));
  Matrix matrix;
  matrix.in_ = weights.front().columns();
  matrix.has_bias_ = static_cast<bool>(biases.front());
  for (size_t i = 0; i < weights.size(); ++i) {
    const Tensor &weight = weights[i], &bias = biases[i];
    if (auto supported = check_supported(device, weight.dtype); !supported) return fail(supported.error());
    if (weight.rank != 2 || weight.columns() != matrix.in_)
      return fail(ErrorCode::corrupt, fmt::format("matrix: weight {} is not [out, {}]", i, matrix.in_));
    if (static_cast<bool>(bias) != matrix.has_bias_)
      return fail(ErrorCode::corrupt, "matrix: some of the stacked weights have a bias and some have none");
    if (bias && (bias.dtype != weight.dtype || bias.elements() != weight.rows()))
      return fail(ErrorCode::corrupt,
                  fmt::format("matrix: bias {} has {} entries of {}, its weight {} rows of {}", i, bias.elements(),
                              to_string(bias.dtype), weight.rows(), to_string(weight.dtype)));
    matrix.out_ += weight.rows();
  }
  matrix.data_ = device.allocate(static_cast<size_t>(matrix.in_ * matrix.out_) * sizeof(float));
  matrix.bias_ = device.allocate(static_cast<size_t>(matrix.out_) * sizeof(float));
  int64_t column = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    cpu::store_weight(weights[i], reinterpret_cast<float*>(matrix.data_.data()), matrix.out_, column);
    if (matrix.has_bias_)
      std::memcpy(matrix.bias_.data() + static_cast<size_t>(column) * sizeof(float), biases[i].data, biases[i].bytes());
    column += weights[i].rows();
  }
  return matrix;
}

}  // namespace weir::kernels
