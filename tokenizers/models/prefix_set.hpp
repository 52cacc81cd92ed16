#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir {

// What the tokens of a vocabulary begin with, as a set of hashes (Bloom 1970, of one hash): it may know a text that no
// token begins with, but never the other way round. Immutable after building; for any thread.
class PrefixSet {
 public:
  enum : uint32_t { prefix = 1, token = 2 };

  PrefixSet() = default;
  // For so many tokens, of which each may bring a few prefixes.
  explicit PrefixSet(size_t tokens) : words_(std::bit_ceil(tokens * 8 + 32) / 32) {}

  void add(uint64_t hash, uint32_t what) { words_[word_of(hash)] |= uint64_t{what} << place_of(hash); }
  // Whether some token begins with the text of this hash, and whether that is all of it: a set of the two.
  uint32_t find(uint64_t hash) const { return static_cast<uint32_t>(words_[word_of(hash)] >> place_of(hash)) & 3; }

 private:
  static size_t spread(uint64_t hash) { return static_cast<size_t>(hash ^ hash >> 29); }
  size_t word_of(uint64_t hash) const { return spread(hash) / 32 & (words_.size() - 1); }
  static uint32_t place_of(uint64_t hash) { return static_cast<uint32_t>(spread(hash) % 32 * 2); }

  std::vector<uint64_t> words_ = std::vector<uint64_t>(1);
};

}  // namespace weir
