#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tokenizers/large_pages.hpp"
#include "tokenizers/models/hash_filter.hpp"

namespace weir {

// One line of `merges`: two neighbours become one token.
struct Merge {
  int32_t left = 0;
  int32_t right = 0;
  int32_t result = 0;
};

// From a pair of tokens to the rank of its merge. Open addressing; a slot is one word of 64 bits (left 21, right 21,
// rank 22), so that a look-up reads one cache line, as a rule. Immutable; for any thread.
class MergeTable {
 public:
  static constexpr uint32_t most_ids = (1u << 21) - 1;
  static constexpr uint32_t none = (1u << 22) - 1;  // no merge; also the most merges there may be

  MergeTable() : MergeTable(std::span<const Merge>()) {}
  // Merges in the order of their ranks. Of equal pairs the last counts, as in Hugging Face's map.
  explicit MergeTable(std::span<const Merge> merges);

  uint32_t rank(int32_t left, int32_t right) const {
    const uint64_t key = key_of(left, right);
    const uint64_t hash = hash_of(key);
    if (!filter_.may_have(hash)) return none;
    for (size_t at = hash >> shift_;; at = (at + 1) & mask_) {
      const uint64_t slot = slots_[at];
      if (slot >> 22 == key) return static_cast<uint32_t>(slot) & none;
      if (slot == empty) return none;
    }
  }
  int32_t result(uint32_t rank) const { return results_[rank]; }
  void prefetch_result(uint32_t rank) const { __builtin_prefetch(&results_[rank]); }
  size_t size() const { return results_.size(); }

 private:
  static constexpr uint64_t empty = ~uint64_t{0};

  static uint64_t key_of(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 21 | static_cast<uint32_t>(right);
  }
  static uint64_t hash_of(uint64_t key) { return key * 0x9E3779B97F4A7C15u; }

  LargeVector<uint64_t> slots_;
  LargeVector<int32_t> results_;  // by rank
  size_t mask_ = 0;
  int shift_ = 0;
  HashFilter filter_;  // of the keys
};

}  // namespace weir
