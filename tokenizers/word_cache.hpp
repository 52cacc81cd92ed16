#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "tokenizers/word_key.hpp"

namespace weir {

// Remembers the ids of the words it saw last: natural text repeats itself. Direct-mapped and of a fixed size; a word
// takes one cache line of 64 bytes, longer words and those with more tokens are not kept. One thread.
class WordCache {
 public:
  static constexpr size_t max_bytes = 30;
  static constexpr size_t max_ids = 8;

  struct alignas(64) Entry {
    char word[max_bytes];  // zeros behind it
    uint8_t size;
    uint8_t count;
    int32_t ids[max_ids];
  };
  static_assert(sizeof(Entry) == 64);

  explicit WordCache(size_t bytes);

  void prefetch(uint64_t hash) const { __builtin_prefetch(&entry(hash)); }

  // A word that is not empty, its key and the key's hash. Null: it is not here.
  const Entry* find(const char* word, const WordKey& key, uint64_t hash) const {
    const Entry& found = entry(hash);
    const bool same = (load(found.word) ^ key.low) == 0 && (load(found.word + 8) ^ key.high) == 0;
    if (!same || found.size != key.size) return nullptr;
    if (key.size > WordKey::bytes)
      for (const size_t at : {key.size - 16, key.size - 8})
        if (load(found.word + at) != load(word + at)) return nullptr;
    return &found;
  }

  void put(const char* word, const WordKey& key, uint64_t hash, std::span<const int32_t> ids) {
    if (key.size > max_bytes || ids.empty() || ids.size() > max_ids) return;
    Entry& place = entry(hash);
    std::memset(place.word, 0, max_bytes);
    std::memcpy(place.word, word, key.size);
    place.size = static_cast<uint8_t>(key.size);
    place.count = static_cast<uint8_t>(ids.size());
    std::memcpy(place.ids, ids.data(), ids.size_bytes());
  }

 private:
  struct Unmap {
    size_t bytes;
    void operator()(void* memory) const;
  };
  static uint64_t load(const char* p) { return WordKey::load<uint64_t>(p); }
  Entry& entry(uint64_t hash) const { return entries_[hash & mask_]; }

  std::unique_ptr<void, Unmap> memory_;
  Entry* entries_;  // in it
  size_t mask_;     // their number is a power of two; this is one less
};

}  // namespace weir
