#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/dtype.hpp"
#include "base/error.hpp"
#include "device/device.hpp"

namespace weir::kernels {

// Thrown by an operation that has no implementation for its (device, dtype). A model asks check_supported once at load,
// so that a running worker never sees it.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Errors: unsupported, with the dtype and the device in its message. Today: float32 on cpu.
Result<void> check_supported(const Device& device, DType dtype);

// The same for one operation: returns when `dtype` is float32 and the device is a CPU, else throws Unsupported.
void require_supported(std::string_view operation, const Device& device, DType dtype);

}  // namespace weir::kernels
