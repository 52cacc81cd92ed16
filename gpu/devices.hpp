#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "device/device.hpp"

namespace weir::gpu {

// The CUDA devices of this machine; empty when there is none or the program was built without CUDA.
std::vector<DeviceInfo> list_devices();

// Opens "cuda:N". Errors: unsupported (built without CUDA), not_found (no such device).
Result<std::unique_ptr<Device>> open(std::string_view name);

}  // namespace weir::gpu
