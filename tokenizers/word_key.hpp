#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir {

// A word in a form that compares and hashes without a loop: its first sixteen bytes as numbers, zeros behind its end,
// and its size. Of longer words it does not know all.
struct WordKey {
  static constexpr size_t bytes = 16;

  uint64_t low = 0;
  uint64_t high = 0;
  size_t size = 0;

  // Of a word in `text`, outside of which it reads nothing.
  static WordKey of(const char* word, size_t size, std::string_view text) {
    const auto readable = static_cast<size_t>(text.data() + text.size() - word);
    if (readable >= bytes) return masked(load<Wide>(word), size);
    if (text.size() >= bytes) return masked(load<Wide>(word + readable - bytes) >> 8 * (bytes - readable), size);
    char copy[bytes] = {};
    std::memcpy(copy, word, size);
    return masked(load<Wide>(copy), size);
  }

  // Of all that it knows; of a longer word its last sixteen bytes count, too.
  uint64_t hash(const char* word) const {
    const uint64_t h = mix(low ^ 0x9E3779B97F4A7C15, high ^ (0xD6E8FEB86659FD93 + size));
    if (size <= bytes) return h;
    return mix(load<uint64_t>(word + size - 16) ^ h, load<uint64_t>(word + size - 8) ^ 0x9FB21C651E98DF25);
  }

  template <typename T>
  static T load(const char* p) {
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
  }

 private:
  __extension__ using Wide = unsigned __int128;

  static WordKey masked(Wide first, size_t size) {
    static constexpr unsigned char ones_then_zeros[2 * bytes] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                                 255, 255, 255, 255, 255, 255, 255, 255};
    const auto* const mask = reinterpret_cast<const char*>(ones_then_zeros) + bytes - (size < bytes ? size : bytes);
    return {static_cast<uint64_t>(first) & load<uint64_t>(mask),
            static_cast<uint64_t>(first >> 64) & load<uint64_t>(mask + 8), size};
  }
  static uint64_t mix(uint64_t a, uint64_t b) {
    const auto product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
};

}  // namespace weir
