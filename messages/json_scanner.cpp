#include "messages/json_scanner.hpp"

#include <algorithm>
#include <cstring>
#include <simdjson.h>

#include "messages/utf8.hpp"

namespace weir {
namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim_right(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Four hexadecimal digits at `at`, or -1.
int32_t hex4(std::string_view raw, size_t at) {
  if (at + 4 > raw.size()) return -1;
  int32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const char c = raw[i];
    const int digit = is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

constexpr char simple_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
  }
}

constexpr bool is_high(int32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
constexpr bool is_low(int32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// The code point of the \u escape at `at`, and how long its text is.
struct Escape {
  int32_t code_point;  // -1: broken
  size_t length = 6;
  bool lone = false;
};

Escape unicode_escape(std::string_view raw, size_t at) {
  const int32_t first = hex4(raw, at + 2);
  if (is_high(first) && raw.substr(at + 6, 2) == "\\u") {
    const int32_t second = hex4(raw, at + 8);
    if (is_low(second)) return {0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), 12};
  }
  if (is_high(first) || is_low(first)) return {0xFFFD, 6, true};
  return {first};
}

}  // namespace

struct JsonScanner::Index {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage1;
};

JsonScanner::JsonScanner() : owner_(std::make_unique<Index>()) {}
JsonScanner::~JsonScanner() = default;
JsonScanner::JsonScanner(JsonScanner&&) noexcept = default;
JsonScanner& JsonScanner::operator=(JsonScanner&&) noexcept = default;

JsonFault JsonScanner::scan(std::string_view text) {
  text_ = text;
  count_ = next_ = 0;
  // The index takes four bytes for each byte of text, so a rare long one must not keep it.
  const size_t capacity = owner_->stage1 ? owner_->stage1->capacity() : 0;
  if (!owner_->stage1 || text.size() > capacity || capacity > std::max<size_t>(1 << 20, 8 * text.size())) {
    const size_t wanted = std::max<size_t>(16 * 1024, text.size() + text.size() / 2);
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, owner_->stage1)) {
      owner_->stage1.reset();
      return JsonFault::too_large;
    }
  }
  const auto error = owner_->stage1->stage1(reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                                            simdjson::stage1_mode::regular);
  switch (error) {
    case simdjson::SUCCESS: break;
    case simdjson::EMPTY: return JsonFault::empty;
    case simdjson::UTF8_ERROR: return JsonFault::not_utf8;
    case simdjson::UNESCAPED_CHARS: return JsonFault::control_character;
    case simdjson::UNCLOSED_STRING: return JsonFault::open_string;
    default: return JsonFault::too_large;
  }
  index_ = owner_->stage1->structural_indexes.get();
  count_ = owner_->stage1->n_structural_indexes;
  return JsonFault::none;
}

std::string_view JsonScanner::token() const {
  if (at_end()) return {};
  const size_t end = next_ + 1 < count_ ? index_[next_ + 1] : text_.size();
  return trim_right(text_.substr(index_[next_], end - index_[next_]));
}

std::string_view JsonScanner::since(size_t position) const {
  return trim_right(text_.substr(position, this->position() - position));
}

std::optional<std::string_view> JsonScanner::take_string() {
  if (peek() != '"') return std::nullopt;
  const std::string_view quoted = token();
  if (quoted.size() < 2 || quoted.back() != '"') return std::nullopt;
  advance();
  return quoted.substr(1, quoted.size() - 2);
}

size_t JsonScanner::count_elements() const {
  if (next_ + 1 >= count_ || text_[index_[next_ + 1]] == ']') return 0;
  size_t elements = 1;
  for (size_t i = next_ + 1; i < count_; ++i) {
    const char c = text_[index_[i]];
    if (c == ']' || c == '[' || c == '{') break;
    if (c == ',') ++elements;
  }
  return elements;
}

bool JsonScanner::skip_value(uint32_t depth) {
  if (at_end()) return false;
  switch (peek()) {
    case '{': return depth > 0 && skip_object(depth - 1);
    case '[': return depth > 0 && skip_array(depth - 1);
    case '"': {
      const size_t before = next_;
      const auto raw = take_string();
      if (raw && valid_json_escapes(*raw)) return true;
      next_ = before;
      return false;
    }
    default: {
      const std::string_view word = token();
      if (word != "true" && word != "false" && word != "null" && !is_json_number(word)) return false;
      advance();
      return true;
    }
  }
}

bool JsonScanner::skip_object(uint32_t depth) {
  advance();
  if (take('}')) return true;
  do {
    if (peek() != '"' || !skip_value(0) || !take(':') || !skip_value(depth)) return false;
  } while (take(','));
  return take('}');
}

bool JsonScanner::skip_array(uint32_t depth) {
  advance();
  if (take(']')) return true;
  do {
    if (!skip_value(depth)) return false;
  } while (take(','));
  return take(']');
}

bool is_json_number(std::string_view token) {
  size_t i = 0;
  const auto at = [&] { return i < token.size() ? token[i] : '\0'; };
  const auto digits = [&] {
    const size_t from = i;
    while (is_digit(at())) ++i;
    return i > from;
  };
  if (at() == '-') ++i;
  if (at() == '0') {
    ++i;
  } else if (!digits()) {
    return false;
  }
  if (at() == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (at() == 'e' || at() == 'E') {
    ++i;
    if (at() == '+' || at() == '-') ++i;
    if (!digits()) return false;
  }
  return i == token.size();
}

bool valid_json_escapes(std::string_view raw) {
  for (size_t i = raw.find('\\'); i != std::string_view::npos; i = raw.find('\\', i)) {
    if (i + 1 >= raw.size()) return false;
    if (raw[i + 1] == 'u') {
      if (hex4(raw, i + 2) < 0) return false;
      i += 6;
    } else {
      if (!simple_escape(raw[i + 1])) return false;
      i += 2;
    }
  }
  return true;
}

Unescaped unescape_json(std::string_view raw, Arena& arena, std::string_view& out) {
  size_t escape = raw.find('\\');
  if (escape == std::string_view::npos) {
    out = raw;
    return Unescaped::ok;
  }
  char* const begin = arena.allocate(raw.size());  // no escape is shorter than what it means
  char* to = begin;
  size_t from = 0;
  auto result = Unescaped::ok;
  for (; escape != std::string_view::npos; escape = raw.find('\\', from)) {
    std::memcpy(to, raw.data() + from, escape - from);
    to += escape - from;
    if (escape + 1 >= raw.size()) return Unescaped::broken;
    if (raw[escape + 1] == 'u') {
      const Escape unicode = unicode_escape(raw, escape);
      if (unicode.code_point < 0) return Unescaped::broken;
      if (unicode.lone) result = Unescaped::lone_surrogate;
      to += write_utf8(static_cast<uint32_t>(unicode.code_point), to);
      from = escape + unicode.length;
    } else {
      const char meant = simple_escape(raw[escape + 1]);
      if (!meant) return Unescaped::broken;
      *to++ = meant;
      from = escape + 2;
    }
  }
  std::memcpy(to, raw.data() + from, raw.size() - from);
  to += raw.size() - from;
  out = {begin, static_cast<size_t>(to - begin)};
  return result;
}

}  // namespace weir
