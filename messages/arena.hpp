#pragma once

#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <span>
#include <string_view>

namespace weir {

// Bytes that live and die together: one per chunk. Addresses are stable; nothing is freed before the arena. Owned by
// the chunk, filled by one thread, read by any.
class Arena {
 public:
  explicit Arena(size_t first_block = 4 * 1024) : resource_(first_block) {}

  char* allocate(size_t bytes, size_t alignment = 1) {
    used_ += bytes;
    return static_cast<char*>(resource_.allocate(bytes ? bytes : 1, alignment));
  }

  std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return "";
    char* at = allocate(bytes.size());
    std::memcpy(at, bytes.data(), bytes.size());
    return {at, bytes.size()};
  }

  template <typename T>
  std::span<T> array(size_t count) {
    auto* at = reinterpret_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    for (size_t i = 0; i < count; ++i) new (at + i) T();
    return {at, count};
  }

  size_t used() const { return used_; }  // bytes handed out

 private:
  std::pmr::monotonic_buffer_resource resource_;
  size_t used_ = 0;
};

}  // namespace weir
