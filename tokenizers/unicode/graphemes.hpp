#pragma once

#include <cstdint>

#include "tokenizers/utf8.hpp"

// Extended grapheme clusters (Unicode annex 29) as Hugging Face tokenizers 0.23.3 has them where it shows
// (generate.py). Regional indicators are not told apart: two never make a grapheme of fewer than six bytes, the only
// ones that count.
namespace weir::unicode {

namespace data {
extern const uint8_t grapheme_index[8704], grapheme_blocks[][128];
}  // namespace data

// What a code point is for the rules; the low four bits of its entry.
enum class Grapheme : uint8_t { other, control, extend, spacing, prepend, joiner, l, v, t, lv, lvt, pictographic };
// The other bits: what it is in an Indic conjunct (rule GB9c).
inline constexpr uint8_t conjunct_consonant = 16, conjunct_linker = 32, conjunct_extend = 64;

inline uint8_t grapheme_entry(char32_t c) { return data::grapheme_blocks[data::grapheme_index[c / 128]][c % 128]; }

// Where the grapheme ends that starts at `p`, in well-formed text.
const char* grapheme_end(const char* p, const char* end);

}  // namespace weir::unicode
