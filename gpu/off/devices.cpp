// The program without CUDA: no devices, and an error that says so.
#include "gpu/devices.hpp"

#include <fmt/format.h>

namespace weir::gpu {

std::vector<DeviceInfo> list_devices() { return {}; }

Result<std::unique_ptr<Device>> open(std::string_view name) {
  return fail(
      ErrorCode::unsupported,
      fmt::format("device {}: this program was built without CUDA; use device cpu, or a build with CUDA", name));
}

}  // namespace weir::gpu
