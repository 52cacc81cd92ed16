#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

// Element types of tensors and of vectors on the wire.
enum class DType : uint8_t { float32, float16, bfloat16, int8, int32, int64, uint8 };

constexpr size_t size_of(DType type) {
  switch (type) {
    case DType::float32:
    case DType::int32: return 4;
    case DType::float16:
    case DType::bfloat16: return 2;
    case DType::int64: return 8;
    case DType::int8:
    case DType::uint8: return 1;
  }
  return 0;
}

std::string_view to_string(DType type);
std::optional<DType> dtype_from_string(std::string_view text);

}  // namespace weir
