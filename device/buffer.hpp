#pragma once

#include <cstddef>
#include <utility>

namespace weir {

// Owned memory of one device, 64-byte aligned, not initialized. Made by Device::allocate, freed when it goes out of
// scope; the device must outlive it.
class Buffer {
 public:
  using Free = void (*)(std::byte*);

  Buffer() = default;
  Buffer(std::byte* data, size_t bytes, Free free) : data_(data), bytes_(bytes), free_(free) {}
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(free_, other.free_);
    return *this;
  }
  ~Buffer() {
    if (data_ != nullptr) free_(data_);
  }

  std::byte* data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  std::byte* data_ = nullptr;
  size_t bytes_ = 0;
  Free free_ = nullptr;
};

// 64-byte aligned host memory. Throws std::bad_alloc.
Buffer allocate_host(size_t bytes);

}  // namespace weir
