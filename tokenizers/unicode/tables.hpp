#pragma once

#include <cstdint>

#include "tokenizers/unicode/forms.hpp"

// What Hugging Face tokenizers 0.23.3 does with each code point, found by running it over all of them (generate.py). It
// mixes Unicode data of several ages, which no system library has.
namespace weir::unicode {

namespace data {
extern const uint8_t flag_index[8704], flag_blocks[][128];
}  // namespace data

// What is true of a code point; `flags` returns a set of them.
enum Flag : uint8_t {
  drop = 1,         // BertNormalizer's clean_text removes it
  space = 2,        // clean_text makes it a space
  chinese = 4,      // handle_chinese_chars puts spaces around it
  mark = 8,         // BertNormalizer's strip_accents removes it
  whitespace = 16,  // Rust's char::is_whitespace: where BertPreTokenizer and WhitespaceSplit split, what Strip strips
  punct = 32,       // BertPreTokenizer makes it a word of its own; what Punctuation splits at
  word = 64,        // \w of the regex crate: what Whitespace and single_word of an added token look at
  blank = 128,      // \s of the regex crate: what lstrip and rstrip of an added token swallow
};

inline uint8_t flags(char32_t c) { return data::flag_blocks[data::flag_index[c / 128]][c % 128]; }

}  // namespace weir::unicode
