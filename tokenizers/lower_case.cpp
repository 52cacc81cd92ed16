#include "tokenizers/lower_case.hpp"

#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

void python_lower(std::string_view text, std::string& out) {
  const auto is_letter = [](char32_t c) {
    return (unicode::flags(c) & unicode::word) && !(unicode::flags(c) & unicode::mark);
  };
  const char* p = text.data();
  const char* const end = p + text.size();
  bool after_letter = false;
  while (p < end) {
    const char32_t c = utf8::next(p);
    if (c == 0x3A3) {
      const char* ahead = p;
      utf8::append(out, after_letter && (ahead == end || !is_letter(utf8::next(ahead))) ? 0x3C2 : 0x3C3);
    } else {
      const auto lowered = unicode::lower(c);
      for (uint32_t i = 0; i < lowered.count; ++i) utf8::append(out, lowered.at[i]);
    }
    after_letter = is_letter(c);
  }
}

}  // namespace weir
