#include "kernels/unsupported.hpp"

#include <fmt/format.h>

namespace weir::kernels {

Result<void> check_supported(const Device& device, DType dtype) {
  if (device.kind() == DeviceKind::cpu && dtype == DType::float32) return {};
  return fail(ErrorCode::unsupported, fmt::format("dtype {} on device {} is not built; use float32 on cpu",
                                                  to_string(dtype), device.info().name));
}

void require_supported(std::string_view operation, const Device& device, DType dtype) {
  if (device.kind() == DeviceKind::cpu && dtype == DType::float32) return;
  throw Unsupported(
      fmt::format("{}: no implementation for dtype {} on device {}", operation, to_string(dtype), device.info().name));
}

}  // namespace weir::kernels
