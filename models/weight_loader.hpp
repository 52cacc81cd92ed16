#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "device/buffer.hpp"
#include "device/device.hpp"
#include "kernels/layer_norm.hpp"
#include "kernels/matrix.hpp"
#include "models/safetensors.hpp"

namespace weir {

// Brings weights from a store to a device, each once, converted to what the device computes in. The first failure is
// remembered, and what is asked for then is empty: a model loads everything and asks once. For one thread, at load.
class WeightLoader {
 public:
  // `prefix` goes before every name.
  WeightLoader(const WeightStore& store, Device& device, std::string prefix = "")
      : store_(store), device_(device), prefix_(std::move(prefix)) {}

  // [shape], on the device; lives as long as the buffers that take_buffers() gives.
  Tensor tensor(const std::string& name, std::initializer_list<int64_t> shape);
  // `<name>.weight` [out, in] and `<name>.bias` [out], if there is one.
  kernels::Matrix linear(const std::string& name, int64_t in, int64_t out);
  // Several such layers of equal shape as one product.
  kernels::Matrix stacked(std::initializer_list<std::string> names, int64_t in, int64_t out);
  // `<name>.weight` and `<name>.bias` [columns].
  kernels::LayerNorm norm(const std::string& name, int64_t columns, float epsilon);

  const std::optional<Error>& error() const { return error_; }
  std::vector<Buffer> take_buffers() { return std::move(buffers_); }

 private:
  std::vector<float> read(const std::string& name, std::initializer_list<int64_t> shape);
  kernels::Matrix keep(Result<kernels::Matrix> made, std::string_view name);

  const WeightStore& store_;
  Device& device_;
  std::string prefix_;
  std::vector<Buffer> buffers_;
  std::optional<Error> error_;
};

}  // namespace weir
