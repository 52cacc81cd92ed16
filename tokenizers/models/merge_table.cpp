#include "tokenizers/models/merge_table.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace weir {

MergeTable::MergeTable(std::span<const Merge> merges) : filter_(merges.size()) {
  assert(merges.size() < none);
  const size_t slots = std::bit_ceil(std::max<size_t>(merges.size() + merges.size() / 2, 16));
  slots_.assign(slots, empty);
  mask_ = slots - 1;
  shift_ = 64 - std::countr_zero(slots);
  results_.reserve(merges.size());
  constexpr size_t ahead = 16;
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    if (rank + ahead < merges.size()) {
      const auto& later = merges[rank + ahead];
      __builtin_prefetch(&slots_[hash_of(key_of(later.left, later.right)) >> shift_]);
    }
    const auto& merge = merges[rank];
    results_.push_back(merge.result);
    const uint64_t key = key_of(merge.left, merge.right);
    const uint64_t hash = hash_of(key);
    filter_.add(hash);
    size_t at = hash >> shift_;
    while (slots_[at] != empty && slots_[at] >> 22 != key) at = (at + 1) & mask_;
    slots_[at] = key << 22 | rank;
  }
}

}  // namespace weir
