#pragma once

#include <cstddef>
#include <vector>

namespace weir {

// Large tables are cheaper in pages of 2 MiB: filling them costs one page fault instead of 512 (most of what loading a
// vocabulary takes otherwise), and looking up costs fewer misses of the address cache. Where the kernel has no such
// pages, small ones do; and for up to a quarter of one.
void* allocate_large(size_t bytes);
void free_large(void* memory, size_t bytes);

// For lists.
template <typename T>
struct LargePages {
  using value_type = T;

  LargePages() = default;
  template <typename U>
  LargePages(const LargePages<U>& /*other*/) {}

  T* allocate(size_t count) { return static_cast<T*>(allocate_large(count * sizeof(T))); }
  void deallocate(T* memory, size_t count) { free_large(memory, count * sizeof(T)); }
  bool operator==(const LargePages& /*other*/) const { return true; }
};

// Such memory, not written to.
template <typename T>
class LargeBlock {
 public:
  explicit LargeBlock(size_t count) : count_(count), memory_(LargePages<T>().allocate(count)) {}
  LargeBlock(const LargeBlock&) = delete;
  LargeBlock& operator=(const LargeBlock&) = delete;
  ~LargeBlock() { LargePages<T>().deallocate(memory_, count_); }

  T* data() const { return memory_; }

 private:
  size_t count_;
  T* memory_;
};

template <typename T>
using LargeVector = std::vector<T, LargePages<T>>;

}  // namespace weir
