#include "tokenizers/word_cache.hpp"

#include <new>
#include <sys/mman.h>

namespace weir {
namespace {

constexpr size_t huge_page = size_t{2} << 20;

}  // namespace

void WordCache::Unmap::operator()(void* memory) const { ::munmap(memory, bytes); }

// Straight from the system: its memory is zero, and where it has huge pages, one page fault brings all of the usual
// cache. The five hundred of small pages take as long as tokenizing the first sixty thousand bytes.
WordCache::WordCache(size_t bytes) {
  size_t entries = 64;
  while (entries * 2 * sizeof(Entry) <= bytes) entries *= 2;
  mask_ = entries - 1;
  const size_t used = entries * sizeof(Entry);
  const size_t mapped = used < huge_page ? used : used + huge_page;
  void* const memory = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_ = {memory, Unmap{mapped}};
  void* aligned = memory;
  size_t room = mapped;
  if (used >= huge_page) {
    std::align(huge_page, used, aligned, room);
    ::madvise(aligned, used, MADV_HUGEPAGE);
  }
  entries_ = static_cast<Entry*>(aligned);
}

}  // namespace weir
