#pragma once

#include <cstdint>

// What Hugging Face tokenizers 0.23.3 does with each code point, found by running it over all of them (generate.py). It
// mixes Unicode data of several ages, which no system library has.
namespace weir::unicode {

// What is true of a code point; `flags` returns a set of them.
enum Flag : uint8_t {
  drop = 1,         // BertNormalizer's clean_text removes it
  space = 2,        // clean_text makes it a space
  chinese = 4,      // handle_chinese_chars puts spaces around it
  mark = 8,         // strip_accents removes it
  whitespace = 16,  // BertPreTokenizer splits there and drops it
  punct = 32,       // BertPreTokenizer makes it a word of its own
  word = 64,        // \w of the regex crate: what single_word of an added token looks at
  blank = 128,      // \s of the regex crate: what lstrip and rstrip of an added token swallow
};

// Up to four code points.
struct Sequence {
  char32_t at[4];
  uint32_t count;
};

uint8_t flags(char32_t c);
Sequence decompose(char32_t c);      // NFD of one code point; itself when it has none
uint8_t combining_rank(char32_t c);  // 0: a starter; else ordered as the canonical combining classes are
Sequence lower(char32_t c);          // Rust's char::to_lowercase, which knows no context

}  // namespace weir::unicode
