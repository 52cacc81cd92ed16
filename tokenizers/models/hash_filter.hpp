#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "tokenizers/large_pages.hpp"

namespace weir {

// Which hashes a table has, one bit each (Bloom 1970, of one hash): it may know a hash that was never added, but never
// the other way round. It lies in a nearer cache than the table, and most look-ups are in vain. Immutable after
// building; for any thread.
class HashFilter {
 public:
  explicit HashFilter(size_t hashes = 0)
      : words_(std::bit_ceil(std::max<size_t>(hashes * 6, 64)) / 64),
        shift_(64 - std::countr_zero(words_.size() * 64)) {}

  void add(uint64_t hash) { words_[place(hash) / 64] |= uint64_t{1} << place(hash) % 64; }
  bool may_have(uint64_t hash) const { return words_[place(hash) / 64] >> place(hash) % 64 & 1; }

 private:
  size_t place(uint64_t hash) const { return hash >> shift_; }

  LargeVector<uint64_t> words_;
  int shift_;
};

}  // namespace weir
