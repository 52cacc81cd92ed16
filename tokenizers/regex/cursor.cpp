#include "tokenizers/regex/cursor.hpp"

#include <fmt/format.h>

#include "tokenizers/utf8.hpp"

namespace weir::regex {
namespace {

constexpr int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// Up to `most` digits; none is 0.
uint32_t read_number(Cursor& in, int base, size_t most, size_t& digits) {
  uint32_t value = 0;
  for (digits = 0; digits < most && !in.at_end() && digit_value(in.rest()[0]) < base; ++digits)
    value = value * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit_value(static_cast<char>(in.next())));
  return value;
}

char32_t checked(Cursor& in, size_t begin, uint32_t code) {
  if (code <= last_code && (code < 0xD800 || code > 0xDFFF)) return code;
  in.wrong(begin, "is no code point");
  return 0;
}

// \xHH or \OOO, a byte of UTF-8; the bytes that complete it have to follow in the same way.
char32_t read_bytes(Cursor& in, size_t begin, std::string_view prefix, int base, size_t most) {
  std::string bytes;
  size_t digits = 0;
  const uint32_t first = read_number(in, base, most, digits);
  if (first < 0x80) return first;
  bytes += static_cast<char>(first);
  while (bytes.size() < 4 && !utf8::valid(bytes) && in.take(prefix))
    bytes += static_cast<char>(read_number(in, base, most, digits));
  if (first > 0xFF || !utf8::valid(bytes)) return in.wrong(begin, "is no character in UTF-8"), 0;
  const char* p = bytes.data();
  return utf8::next(p);
}

// \x{41} or \o{101}.
char32_t read_braced(Cursor& in, size_t begin, int base, size_t most) {
  size_t digits = 0;
  const uint32_t code = read_number(in, base, most, digits);
  if (digits == 0 || !in.take("}")) in.unsupported(begin, "several code points in one escape, or none");
  return checked(in, begin, code);
}

CharSet read_property(Cursor& in, size_t begin, bool negated) {
  std::string name;
  if (in.take("{")) {
    if (in.take("^")) negated = !negated;
    const size_t size = in.rest().find('}');
    if (size == std::string_view::npos) return in.wrong(begin, "has no }"), CharSet();
    name = in.rest().substr(0, size);
    in.go(in.at() + size + 1);
  } else if (!in.at_end()) {
    utf8::append(name, in.next());
  }
  const bool exact = name.starts_with('[') || name.starts_with('\\');
  const auto property = exact ? std::nullopt : unicode::find_property(name);
  if (!property) return in.unsupported(begin, fmt::format("the property \"{}\" is not known", name)), CharSet();
  const auto set = CharSet::of(*property);
  return negated ? set.complement() : set;
}

std::optional<CharSet> class_escape(char32_t letter) {
  const std::string_view lower = "wdsh";
  const std::string_view upper = "WDSH";
  static constexpr const char* names[] = {"\\w", "\\d", "\\s", "\\h"};
  if (letter > 0x7F) return std::nullopt;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (letter == static_cast<char32_t>(lower[i])) return CharSet::of(*unicode::find_property(names[i]));
    if (letter == static_cast<char32_t>(upper[i])) return CharSet::of(*unicode::find_property(names[i])).complement();
  }
  return std::nullopt;
}

}  // namespace

bool Cursor::take(std::string_view text) {
  if (!sees(text)) return false;
  at_ += text.size();
  return true;
}

char32_t Cursor::next() {
  const char* p = pattern_.data() + at_;
  const char32_t code = utf8::next(p);
  at_ = static_cast<size_t>(p - pattern_.data());
  return code;
}

void Cursor::stop(ErrorCode code, size_t at, std::string_view what) {
  if (!error_) {
    const bool long_rest = pattern_.size() - at > 24;
    std::string shown(pattern_.substr(at, long_rest ? 24 : std::string_view::npos));
    while (!utf8::valid(shown)) shown.pop_back();
    error_ =
        Error{code, fmt::format("regular expression, byte {}: \"{}{}\": {}", at, shown, long_rest ? "..." : "", what)};
  }
  at_ = pattern_.size();
}

Escape read_escape(Cursor& in, size_t begin) {
  if (in.at_end()) return in.wrong(begin, "ends the pattern"), Escape{};
  size_t digits = 0;
  const char32_t letter = in.next();
  if (auto set = class_escape(letter)) return {true, 0, std::move(*set)};
  switch (letter) {
    case 'p':
    case 'P': return {true, 0, read_property(in, begin, letter == 'P')};
    case 't': return {false, '\t', {}};
    case 'n': return {false, '\n', {}};
    case 'v': return {false, '\v', {}};
    case 'f': return {false, '\f', {}};
    case 'r': return {false, '\r', {}};
    case 'a': return {false, '\a', {}};
    case 'e': return {false, 0x1B, {}};
    case 'x':
      if (in.take("{")) return {false, read_braced(in, begin, 16, 8), {}};
      return {false, read_bytes(in, begin, "\\x", 16, 2), {}};
    case 'o':
      if (in.take("{")) return {false, read_braced(in, begin, 8, 11), {}};
      return {false, 'o', {}};
    case 'u': {
      const uint32_t code = read_number(in, 16, 4, digits);
      if (digits != 4) in.wrong(begin, "needs four hexadecimal digits");
      return {false, checked(in, begin, code), {}};
    }
    case 'c': {
      if (in.at_end()) return in.wrong(begin, "ends the pattern"), Escape{};
      const char32_t of = in.next();
      if (of == '\\' || of >= 0x80) in.unsupported(begin, "a control character of this kind");
      return {false, of == '?' ? 0x7F : of & 0x9F, {}};
    }
    case 'C':
    case 'M': return in.unsupported(begin, "control and meta characters by \\C- and \\M-"), Escape{};
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7': in.go(in.at() - 1); return {false, read_bytes(in, begin, "\\", 8, 3), {}};
    default: return {false, letter, {}};
  }
}

}  // namespace weir::regex
