#include "device/workspace.hpp"

#include <algorithm>

namespace weir {

std::byte* Workspace::take(size_t bytes) {
  constexpr size_t alignment = 64;
  bytes = std::max(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (blocks_.empty() || used_ + bytes > blocks_.back().base + blocks_.back().memory.bytes()) {
    if (used_ == 0) {  // nobody holds a pointer: replace instead of add
      blocks_.clear();
      capacity_ = 0;
    }
    const size_t size = std::max({bytes, peak_, capacity_ / 2});
    blocks_.push_back({allocate_(size), used_});
    capacity_ += size;
  }
  std::byte* at = blocks_.back().memory.data() + (used_ - blocks_.back().base);
  used_ += bytes;
  peak_ = std::max(peak_, used_);
  return at;
}

Tensor Workspace::take(DType dtype, std::initializer_list<int64_t> shape) {
  Tensor tensor(nullptr, dtype, shape);
  tensor.data = take(tensor.bytes());
  return tensor;
}

void Workspace::release(size_t mark) {
  used_ = mark;
  while (blocks_.size() > 1 && blocks_.back().base >= used_) {
    capacity_ -= blocks_.back().memory.bytes();
    blocks_.pop_back();
  }
  if (used_ == 0 && !blocks_.empty() && blocks_.front().memory.bytes() < peak_) {
    blocks_.clear();
    capacity_ = 0;  // the next take makes one block of peak_ bytes
  }
}

}  // namespace weir
