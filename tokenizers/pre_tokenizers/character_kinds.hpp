#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "tokenizers/unicode/properties.hpp"
#include "tokenizers/utf8.hpp"

// What the machines of word_scanner.hpp know of a character.
namespace weir::kind {

enum : uint8_t {
  upper = 1,     // \p{Lu} \p{Lt}
  lower = 2,     // \p{Ll}
  caseless = 4,  // \p{Lm} \p{Lo}
  mark = 8,      // \p{M}
  number = 16,   // \p{N}
  blank = 32,    // \s but for the next
  newline = 64,  // \r \n
  sign = 128,    // \p{P} \p{S}
  letter = upper | lower | caseless,
  white = blank | newline,
};

using Table = std::array<uint8_t, 256>;
const Table& of_ascii();  // by byte; 0 from 0x80 on
const Table& of_class();  // by unicode::property_class

struct Character {
  uint8_t kind = 0;
  uint8_t size = 0;  // bytes; 0 at the end of the text
};

// Looks at the characters of one text. Tables are kept at hand.
class Eyes {
 public:
  explicit Eyes(const char* end) : end_(end) {}

  const char* end() const { return end_; }
  Character at(const char* p) const {
    if (p == end_) return {};
    const auto byte = static_cast<unsigned char>(*p);
    if (byte < 0x80) return {ascii_[byte], 1};
    const char* after = p;
    const char32_t code = utf8::next(after);
    return {class_[unicode::property_class(code)], static_cast<uint8_t>(after - p)};
  }
  // Behind the characters of these kinds; `skip_none_of`: behind those of no such kind.
  const char* skip(const char* p, uint8_t kinds) const {
    for (Character c = at(p); (c.kind & kinds) != 0; c = at(p)) p += c.size;
    return p;
  }
  const char* skip_none_of(const char* p, uint8_t kinds) const {
    for (Character c = at(p); c.size != 0 && (c.kind & kinds) == 0; c = at(p)) p += c.size;
    return p;
  }
  // Behind the letters of ASCII; their lower case alone.
  const char* skip_ascii_letters(const char* p) const { return skip_eight<0x20>(p, kind::upper | kind::lower); }
  const char* skip_ascii_lower(const char* p) const { return skip_eight<0>(p, kind::lower); }
  // Behind letters, and what else is of `kinds`.
  const char* skip_letters(const char* p, uint8_t kinds = letter) const {
    p = skip_ascii_letters(p);
    return p < end_ && static_cast<unsigned char>(*p) >= 0x80 ? skip(p, kinds) : p;
  }

 private:
  // Eight bytes at once (a byte's upper bit says whether it is a letter), then those that are left.
  template <uint8_t ignored_bit>
  const char* skip_eight(const char* p, uint8_t kinds) const {
    constexpr uint64_t each = 0x0101010101010101;
    constexpr uint64_t upper_bits = each * 0x80;
    for (; end_ - p >= 8; p += 8) {
      uint64_t bytes = 0;
      std::memcpy(&bytes, p, 8);
      const uint64_t folded = (bytes | each * ignored_bit) & ~upper_bits;
      const uint64_t from_a = folded + each * (0x80 - 'a');
      const uint64_t beyond_z = folded + each * (0x7F - 'z');
      const uint64_t others = ~(from_a & ~beyond_z & ~bytes) & upper_bits;
      if (others != 0) return p + std::countr_zero(others) / 8;
    }
    while (p < end_ && (ascii_[static_cast<unsigned char>(*p)] & kinds) != 0) ++p;
    return p;
  }

  const char* end_;
  const uint8_t* ascii_ = of_ascii().data();
  const uint8_t* class_ = of_class().data();
};

}  // namespace weir::kind
