#pragma once

#include <cstdint>

// What Python 3.11's str methods know of code points; python_unicode.py asked it.
namespace weir::chat {

enum Property : uint32_t {
  printable = 1,
  alphabetic = 2,
  decimal_digit = 4,
  digit = 8,
  numeric = 16,
  lowercase = 32,
  uppercase = 64,
  titlecase = 128,
  cased = 256,
  case_ignorable = 512,
  blank = 1024,
};

uint32_t properties(char32_t c);

// One to three code points; the rest is 0.
struct Mapping {
  char32_t from;
  char32_t to[3];
};

Mapping lower_of(char32_t c);  // without regard to what stands around it
Mapping upper_of(char32_t c);
Mapping title_of(char32_t c);

}  // namespace weir::chat
