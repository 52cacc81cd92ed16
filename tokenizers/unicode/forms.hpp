#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// Normal forms, lower case and a few properties of code points, as Hugging Face tokenizers 0.23.3 has them (of Unicode
// versions of its own), found by asking it (generate.py). Every code point given is at most 0x10FFFF.
namespace weir::unicode {

// Up to four code points.
struct Sequence {
  char32_t at[4];
  uint32_t count;
};

namespace data {
struct Decomposition {
  uint16_t at;         // in the pool: first the canonical one, then the compatible one
  uint8_t canonical;   // how long; 0: there is none
  uint8_t compatible;  // how long; 0: it is the canonical one
};
struct Composition {
  char32_t first, second, composed;
};
inline constexpr uint32_t composition_slots = 4096;
extern const uint8_t form_index[8704], form_blocks[][128];
extern const uint8_t rank_index[8704], rank_blocks[][128];
extern const uint8_t lower_index[8704], lower_blocks[][128];
extern const int32_t lower_steps[];
extern const uint8_t decomposition_index[8704];
extern const uint16_t decomposition_blocks[][128];
extern const Decomposition decompositions[];
extern const char32_t decomposition_pool[];
extern const Composition compositions[composition_slots];
}  // namespace data

// What is true of a code point; `forms` returns a set of them. Stable in a form: it stays as it is, whatever stands
// around it, and nothing moves or composes across its beginning. All ASCII is stable in all forms.
enum Form : uint8_t {
  nfc_stable = 1,
  nfd_stable = 2,
  nfkc_stable = 4,
  nfkd_stable = 8,
  numeric = 16,    // Rust's char::is_numeric: what Digits splits off
  nmt_drop = 32,   // Nmt removes it
  nmt_space = 64,  // Nmt makes it a blank
  accent = 128,    // StripAccents removes it: all marks, where BertNormalizer removes nonspacing ones
};

inline uint8_t forms(char32_t c) { return data::form_blocks[data::form_index[c / 128]][c % 128]; }

// 0: a starter; else ordered as the canonical combining classes are.
inline uint8_t combining_rank(char32_t c) { return data::rank_blocks[data::rank_index[c / 128]][c % 128]; }

// Rust's char::to_lowercase, which knows no context.
inline Sequence lower(char32_t c) {
  if (c == 0x130) return {{0x69, 0x307}, 2};
  const int32_t step = data::lower_steps[data::lower_blocks[data::lower_index[c / 128]][c % 128]];
  return {{static_cast<char32_t>(static_cast<int32_t>(c) + step)}, 1};
}

// The three of Unicode 3.12; the number of code points, 2 or 3.
inline constexpr bool is_hangul(char32_t c) { return c >= 0xAC00 && c <= 0xD7A3; }
inline constexpr Sequence decompose_hangul(char32_t c) {
  const char32_t i = c - 0xAC00;
  const char32_t tail = i % 28;
  return {{0x1100 + i / 588, 0x1161 + i % 588 / 28, 0x11A7 + tail}, tail == 0 ? 2u : 3u};
}

// The full canonical or compatible decomposition of one code point that is no Hangul syllable; empty when it has none.
inline std::span<const char32_t> decomposition(char32_t c, bool compatible) {
  const auto& found = data::decompositions[data::decomposition_blocks[data::decomposition_index[c / 128]][c % 128]];
  if (compatible && found.compatible != 0)
    return {data::decomposition_pool + found.at + found.canonical, found.compatible};
  return {data::decomposition_pool + found.at, found.canonical};
}

// NFD of one code point; itself when it has none.
Sequence decompose(char32_t c);

// What the two compose to in NFC; 0: they do not.
inline char32_t compose(char32_t first, char32_t second) {
  if (first - 0x1100 < 19 && second - 0x1161 < 21) return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28;
  if (is_hangul(first) && (first - 0xAC00) % 28 == 0 && second - 0x11A8 < 27) return first + (second - 0x11A7);
  uint32_t slot = ((first * 0x9E3779B1u + second * 0x85EBCA6Bu) >> 16) % data::composition_slots;
  for (;; slot = (slot + 1) % data::composition_slots) {
    const auto& entry = data::compositions[slot];
    if (entry.first == first && entry.second == second) return entry.composed;
    if (entry.first == 0) return 0;
  }
}

}  // namespace weir::unicode
