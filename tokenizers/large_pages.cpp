#include "tokenizers/large_pages.hpp"

#include <new>
#include <sys/mman.h>

namespace weir {
namespace {

constexpr size_t page = size_t{2} << 20;
constexpr size_t most_small = page / 4;  // from about there on, small pages' faults take more than clearing a large one

}  // namespace

void* allocate_large(size_t bytes) {
  if (bytes <= most_small) return ::operator new(bytes);
  const size_t rounded = (bytes + page - 1) / page * page;
  void* const memory = ::operator new(rounded, std::align_val_t(page));
  (void)madvise(memory, rounded, MADV_HUGEPAGE);  // a hint
  return memory;
}

void free_large(void* memory, size_t bytes) {
  if (bytes <= most_small) return ::operator delete(memory);
  ::operator delete(memory, std::align_val_t(page));
}

}  // namespace weir
