#pragma once

#include <cstdint>
#include <span>

#include "base/error.hpp"
#include "device/buffer.hpp"
#include "device/device.hpp"
#include "device/tensor.hpp"

namespace weir::kernels {

// The weight of a linear layer, [out, in] as Hugging Face stores it, with an optional bias [out], copied once into the
// layout its device likes. Immutable afterwards, so lanes and workers share it (std::shared_ptr<const ...> of whatever
// holds it); the tensors it was made from may go away.
class Matrix {
 public:
  // `weight` is [out, in], `bias` [out] or absent, both in host memory.
  // Errors: unsupported (dtype or device), corrupt (shapes that do not fit together).
  static Result<Matrix> prepare(Device& device, Tensor weight, Tensor bias = {});
  // Several weights with equal `in` stacked along `out`, as one product (query, key and value of attention).
  static Result<Matrix> prepare_stacked(Device& device, std::span<const Tensor> weights,
                                        std::span<const Tensor> biases);

  int64_t in() const { return in_; }
  int64_t out() const { return out_; }
  DType dtype() const { return dtype_; }
  const float* bias() const { return has_bias_ ? reinterpret_cast<const float*>(bias_.data()) : nullptr; }
  const float* data() const {
    return reinterpret_cast<const float*>(data_.data());
  }  // layout: see kernels/cpu/gemm.hpp

 private:
  int64_t in_ = 0, out_ = 0;
  DType dtype_ = DType::float32;
  bool has_bias_ = false;
  Buffer data_, bias_;
};

}  // namespace weir::kernels
