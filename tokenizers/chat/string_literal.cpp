#include "tokenizers/chat/string_literal.hpp"

#include <fmt/format.h>

#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/utf8.hpp"

namespace weir::chat {
namespace {

// jinja2 turns characters beyond ASCII into escapes before it resolves escapes. It shows where a backslash precedes
// one.
std::string escape_beyond_ascii(std::string_view literal) {
  std::string out;
  const char* end = literal.data() + literal.size();
  for (const char* p = literal.data(); p < end;) {
    const char32_t c = utf8::next(p);
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      append_escape(out, c);
    }
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr std::string_view simple_escapes = "\\'\"abfnrtv";
constexpr std::string_view simple_values = "\\'\"\a\b\f\n\r\t\v";

}  // namespace

std::optional<std::string> unescape(std::string_view literal, std::string& why) {
  if (literal.find('\\') == std::string_view::npos) return std::string(literal);
  const std::string ascii = escape_beyond_ascii(literal);
  std::string out;
  for (size_t i = 0; i < ascii.size(); ++i) {
    if (ascii[i] != '\\') {
      out += ascii[i];
      continue;
    }
    const char c = ++i < ascii.size() ? ascii[i] : '\0';
    if (c == '\n') continue;
    if (const size_t at = simple_escapes.find(c); c != '\0' && at != std::string_view::npos) {
      out += simple_values[at];
      continue;
    }
    if (c >= '0' && c <= '7') {
      char32_t value = 0;
      const size_t end = i + 3;
      for (; i < end && i < ascii.size() && ascii[i] >= '0' && ascii[i] <= '7'; ++i)
        value = value * 8 + static_cast<char32_t>(ascii[i] - '0');
      --i;
      utf8::append(out, value);
      continue;
    }
    const int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (c == 'N') return why = "escapes by name (\\N{...}) are not supported", std::nullopt;
    if (digits == 0) {
      out += '\\';
      out += c;
      continue;
    }
    char32_t value = 0;
    for (int n = 0; n < digits; ++n) {
      const int digit = ++i < ascii.size() ? hex_digit(ascii[i]) : -1;
      if (digit < 0 || value > 0x10FFFF)
        return why = fmt::format("\\{} needs {} hexadecimal digits", c, digits), std::nullopt;
      value = value * 16 + static_cast<char32_t>(digit);
    }
    if (value > 0x10FFFF) return why = "an escape beyond U+10FFFF", std::nullopt;
    if (value >= 0xD800 && value < 0xE000) return why = "half a surrogate pair is no character", std::nullopt;
    utf8::append(out, value);
  }
  return out;
}

}  // namespace weir::chat
