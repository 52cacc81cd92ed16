#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace weir {

// Remembers the ids of the words it saw last: natural text repeats itself. Direct-mapped and of a fixed size; a word
// takes one cache line of 64 bytes, longer words and those with more tokens are not kept. One thread.
class WordCache {
 public:
  static constexpr size_t max_bytes = 27;
  static constexpr size_t max_ids = 7;

  explicit WordCache(size_t bytes) {
    size_t entries = 64;
    while (entries * 2 * sizeof(Entry) <= bytes) entries *= 2;
    entries_.resize(entries);
  }

  static uint64_t hash(std::string_view word) {
    uint64_t h = word.size() * 0x9E3779B97F4A7C15u;
    const char* p = word.data();
    size_t left = word.size();
    for (; left > 8; p += 8, left -= 8) h = mix(h, load<uint64_t>(p));
    h = mix(h, tail(p, left));
    return h ^ h >> 29;
  }

  void prefetch(uint64_t hash) const { __builtin_prefetch(&entries_[hash & (entries_.size() - 1)]); }

  // The ids of a word, or an empty span: it is not here.
  std::span<const int32_t> find(std::string_view word, uint64_t hash) const {
    const Entry& entry = entries_[hash & (entries_.size() - 1)];
    if (entry.length != word.size() || !equal(entry.word, word.data(), word.size())) return {};
    return {entry.ids, entry.count};
  }

  void put(std::string_view word, uint64_t hash, std::span<const int32_t> ids) {
    if (word.empty() || word.size() > max_bytes || ids.empty() || ids.size() > max_ids) return;
    Entry& entry = entries_[hash & (entries_.size() - 1)];
    entry.length = static_cast<uint8_t>(word.size());
    entry.count = static_cast<uint8_t>(ids.size());
    std::memcpy(entry.word, word.data(), word.size());
    std::memcpy(entry.ids, ids.data(), ids.size_bytes());
  }

 private:
  struct alignas(64) Entry {
    int32_t ids[max_ids];
    char word[max_bytes];
    uint8_t length = 0;
    uint8_t count = 0;
  };
  static_assert(sizeof(Entry) == 64);

  template <typename T>
  static T load(const char* p) {
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
  }
  // Up to 8 bytes as a number, by loads of fixed sizes that may overlap. Of one size, different bytes differ.
  static uint64_t tail(const char* p, size_t size) {
    if (size == 8) return load<uint64_t>(p);
    if (size >= 4) return uint64_t{load<uint32_t>(p)} << 32 | load<uint32_t>(p + size - 4);
    if (size == 0) return 0;
    return uint64_t{load<uint8_t>(p)} << 16 | uint64_t{load<uint8_t>(p + size / 2)} << 8 | load<uint8_t>(p + size - 1);
  }
  static bool equal(const char* a, const char* b, size_t size) {
    for (; size > 8; a += 8, b += 8, size -= 8)
      if (load<uint64_t>(a) != load<uint64_t>(b)) return false;
    return tail(a, size) == tail(b, size);
  }
  __extension__ using Wide = unsigned __int128;
  static uint64_t mix(uint64_t h, uint64_t value) {
    const auto product = static_cast<Wide>(h ^ value) * 0x9FB21C651E98DF25u;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  std::vector<Entry> entries_;
};

}  // namespace weir
