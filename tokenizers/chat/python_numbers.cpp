#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/chat/python_unicode.hpp"
#include "tokenizers/utf8.hpp"

namespace weir::chat {

void append_escape(std::string& out, char32_t c) {
  const auto code = static_cast<uint32_t>(c);
  out += c < 0x100     ? fmt::format("\\x{:02x}", code)
         : c < 0x10000 ? fmt::format("\\u{:04x}", code)
                       : fmt::format("\\U{:08x}", code);
}

void append_quoted(std::string& out, std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  out += quote;
  const char* end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const char* start = p;
    const char32_t c = utf8::next(p);
    if (c == static_cast<char32_t>(quote) || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (c >= ' ' && c != 0x7F && (c < 0x7F || (properties(c) & printable) != 0)) {
      out.append(start, p);
    } else {
      append_escape(out, c);
    }
  }
  out += quote;
}

// The shortest digits that read back as the same float; with an exponent from 1e16 on and below 1e-4.
std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char digits[32];
  const auto scientific = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific);
  const std::string_view shown(digits, static_cast<size_t>(scientific.ptr - digits));
  const size_t e = shown.find('e');
  int exponent = 0;
  std::from_chars(shown.data() + e + 1 + (shown[e + 1] == '+'), shown.data() + shown.size(), exponent);
  if (exponent < -4 || exponent >= 16) return std::string(shown);
  char fixed[64];
  const auto end = std::to_chars(fixed, fixed + sizeof fixed, value, std::chars_format::fixed).ptr;
  std::string text(fixed, end);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string integer_text(Integer value) { return fmt::format("{}", value); }

namespace {

// Digits of any script become ASCII ones; none: the text holds something that no number has.
std::optional<std::string> plain_number(std::string_view text) {
  text = strip(text);
  std::string plain;
  const char* end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const char32_t c = utf8::next(p);
    if (c < 0x80) {
      plain += static_cast<char>(c);
    } else if ((properties(c) & decimal_digit) != 0) {
      // Decimal digits stand in runs of ten from 0 to 9, some runs right behind another.
      char32_t zero = c;
      while (c - zero < 60 && (properties(zero - 1) & decimal_digit) != 0) --zero;
      plain += static_cast<char>('0' + (c - zero) % 10);
    } else {
      return std::nullopt;
    }
  }
  return plain;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Removes `_` between digits; false: one stands elsewhere.
bool drop_underscores(std::string& text, int base) {
  std::string kept;
  const auto is_part = [base](char c) {
    return is_digit(c) || (base > 10 && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      kept += text[i];
    } else if (i == 0 || i + 1 == text.size() || !is_part(text[i - 1]) || !is_part(text[i + 1])) {
      return false;
    }
  }
  text = kept;
  return true;
}

}  // namespace

std::optional<Integer> parse_integer(std::string_view text, int base, bool& too_large) {
  auto plain = plain_number(text);
  if (!plain || plain->empty()) return std::nullopt;
  std::string digits = *plain;
  bool negative = false;
  if (digits[0] == '+' || digits[0] == '-') {
    negative = digits[0] == '-';
    digits.erase(0, 1);
  }
  const char letter = digits.size() > 1 && digits[0] == '0' ? static_cast<char>(digits[1] | 0x20) : ' ';
  const int implied = letter == 'b' ? 2 : letter == 'o' ? 8 : letter == 'x' ? 16 : 0;
  if (implied != 0 && (base == 0 || base == implied)) {
    digits.erase(0, 2);
    if (!digits.empty() && digits[0] == '_') digits.erase(0, 1);
    base = implied;
  } else if (base == 0) {
    base = 10;
    if (digits.size() > 1 && digits[0] == '0' && digits.find_first_not_of("0_") != std::string::npos)
      return std::nullopt;
  }
  if (!drop_underscores(digits, base) || digits.empty()) return std::nullopt;
  Integer value = 0;
  for (const char c : digits) {
    const char lower = static_cast<char>(c | 0x20);
    const int digit = is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 99;
    if (digit >= base) return std::nullopt;
    too_large |= value > (Integer{1} << 120);
    if (!too_large) value = value * base + digit;
  }
  return negative ? -value : value;
}

std::optional<double> parse_real(std::string_view text) {
  auto plain = plain_number(text);
  if (!plain || !drop_underscores(*plain, 10)) return std::nullopt;
  std::string_view rest = *plain;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  if (rest.empty()) return std::nullopt;
  const std::string name = lower(rest);
  double value = 0;
  if (name == "inf" || name == "infinity") {
    value = HUGE_VAL;
  } else if (name == "nan") {
    value = NAN;
  } else {
    if (!is_digit(rest[0]) && rest[0] != '.') return std::nullopt;
    const auto result = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (result.ptr != rest.data() + rest.size() || result.ec == std::errc::invalid_argument) return std::nullopt;
    if (result.ec == std::errc::result_out_of_range) value = std::strtod(std::string(rest).c_str(), nullptr);
  }
  return negative ? -value : value;
}

}  // namespace weir::chat
