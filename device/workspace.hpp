#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <vector>

#include "device/buffer.hpp"
#include "device/tensor.hpp"

namespace weir {

// Scratch memory of one lane: a stack that remembers how much was ever needed. When it is empty again it becomes one
// block of that size, so after the largest batch nothing is allocated any more. Used by one thread at a time.
class Workspace {
 public:
  using Allocate = std::function<Buffer(size_t)>;

  explicit Workspace(Allocate allocate) : allocate_(std::move(allocate)) {}
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  // Frees at its end what was taken since its start. Scopes nest.
  class Scope {
   public:
    explicit Scope(Workspace& workspace) : workspace_(workspace), mark_(workspace.used_) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { workspace_.release(mark_); }

   private:
    Workspace& workspace_;
    size_t mark_;
  };

  // 64-byte aligned memory, not initialized, valid until the enclosing Scope ends. Throws std::bad_alloc.
  std::byte* take(size_t bytes);
  Tensor take(DType dtype, std::initializer_list<int64_t> shape);

  size_t capacity() const { return capacity_; }  // bytes held now

 private:
  struct Block {
    Buffer memory;
    size_t base;  // position of its first byte in the stack
  };
  void release(size_t mark);

  Allocate allocate_;
  std::vector<Block> blocks_;
  size_t used_ = 0;      // height of the stack
  size_t peak_ = 0;      // highest it ever was
  size_t capacity_ = 0;  // bytes in blocks_
};

}  // namespace weir
