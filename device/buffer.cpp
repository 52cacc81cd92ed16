#include "device/buffer.hpp"

#include <cstdlib>
#include <new>

namespace weir {

Buffer allocate_host(size_t bytes) {
  constexpr size_t alignment = 64;
  const size_t padded = (bytes + alignment - 1) / alignment * alignment;
  auto* data = static_cast<std::byte*>(std::aligned_alloc(alignment, padded == 0 ? alignment : padded));
  if (data == nullptr) throw std::bad_alloc();
  return {data, bytes, [](std::byte* at) { std::free(at); }};
}

}  // namespace weir
