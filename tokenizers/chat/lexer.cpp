#include "tokenizers/chat/lexer.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/chat/run.hpp"
#include "tokenizers/chat/string_literal.hpp"

namespace weir::chat {
namespace {

using Kind = Token::Kind;

constexpr std::string_view operators[] = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[",
                                          "]",  "(",  ")",  "{",  "}",  ">",  "<", "=", ".", ":", "|", ",", ";"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }
bool is_base_digit(char c, int base) {
  if (base <= 10) return c >= '0' && c < '0' + base;
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Every way to end a line becomes \n, and one at the very end goes.
std::string plain_lines(std::string_view source) {
  std::string lines;
  lines.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      lines += source[i];
      continue;
    }
    lines += '\n';
    if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
  }
  if (!lines.empty() && lines.back() == '\n') lines.pop_back();
  return lines;
}

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) data();
    add(Kind::end);
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return std::string_view(source_).substr(at_); }
  bool ahead(std::string_view text) const { return rest().substr(0, text.size()) == text; }
  [[noreturn]] void fail(const std::string& message) const { throw TemplateError(line_, message); }

  Token& add(Kind kind, std::string text = {}) {
    tokens_.push_back(Token{kind, line_, std::move(text), 0, 0});
    return tokens_.back();
  }

  // Moves on by `size` bytes, counting lines and noting whether the piece ended one.
  void skip(size_t size) {
    line_ += static_cast<uint32_t>(std::count(source_.begin() + at_, source_.begin() + at_ + size, '\n'));
    at_ += size;
    line_starting_ = size > 0 && source_[at_ - 1] == '\n';
  }
  size_t blank_bytes(size_t from) const { return leading_space(std::string_view(source_).substr(from)); }

  // Text up to the next tag, then the tag.
  void data() {
    size_t tag = at_;
    while (true) {
      tag = source_.find('{', tag);
      if (tag == std::string::npos || tag + 1 >= source_.size()) tag = std::string::npos;
      if (tag == std::string::npos || std::string_view("{%#").find(source_[tag + 1]) != std::string_view::npos) break;
      ++tag;
    }
    if (tag == std::string::npos) {
      add(Kind::data, source_.substr(at_));
      skip(source_.size() - at_);
      return;
    }
    const char type = source_[tag + 1];
    const char sign =
        tag + 2 < source_.size() && (source_[tag + 2] == '-' || source_[tag + 2] == '+') ? source_[tag + 2] : 0;
    add_data(std::string_view(source_).substr(at_, tag - at_), sign, type != '{');
    skip(tag - at_);
    const size_t raw = type == '%' ? raw_begin(sign != 0) : 0;
    if (raw > 0) {
      skip(raw);
      return raw_block();
    }
    const size_t begin = 2 + (sign != 0);
    if (type == '#') {
      skip(begin);
      return comment();
    }
    add(type == '%' ? Kind::block_begin : Kind::variable_begin);
    skip(begin);
    expression(type == '%');
  }

  // lstrip_blocks: blanks between the start of a line and a tag go, unless the tag prints or says `+`.
  void add_data(std::string_view text, char sign, bool strips) {
    if (sign == '-') {
      text = strip_right(text);
    } else if (sign != '+' && strips) {
      const size_t newline = text.rfind('\n');
      const size_t line = newline == std::string_view::npos ? 0 : newline + 1;
      if ((line > 0 || line_starting_) && leading_space(text.substr(line)) == text.size() - line)
        text = text.substr(0, line);
    }
    if (!text.empty()) add(Kind::data, std::string(text));
  }

  // How many bytes `{% raw %}` takes here; 0 when it is none.
  size_t raw_begin(bool sign) const {
    size_t p = at_ + 2 + sign;
    p += blank_bytes(p);
    if (source_.compare(p, 3, "raw") != 0) return 0;
    p += 3;
    p += blank_bytes(p);
    if (source_.compare(p, 3, "-%}") == 0) return p + 3 + blank_bytes(p + 3) - at_;
    return source_.compare(p, 2, "%}") == 0 ? p + 2 - at_ : 0;
  }

  void raw_block() {
    if (at_ == source_.size()) return;
    for (size_t tag = source_.find("{%", at_); tag != std::string::npos; tag = source_.find("{%", tag + 1)) {
      size_t p = tag + 2;
      const char sign = p < source_.size() && (source_[p] == '-' || source_[p] == '+') ? source_[p] : 0;
      p += sign != 0;
      p += blank_bytes(p);
      if (source_.compare(p, 6, "endraw") != 0) continue;
      p += 6;
      p += blank_bytes(p);
      const size_t end = block_end(p, "%}", true);
      if (end == 0) continue;
      add_data(std::string_view(source_).substr(at_, tag - at_), sign, true);
      return skip(p + end - at_);
    }
    fail("a raw block has no end");
  }

  void comment() {
    if (at_ == source_.size()) return;
    const size_t end = source_.find("#}", at_);
    if (end == std::string::npos) fail("a comment has no end");
    const bool sign = end > at_ && (source_[end - 1] == '-' || source_[end - 1] == '+');
    const size_t from = end - sign;
    skip(from + block_end(from, "#}", true) - at_);
  }

  // How many bytes the end of a tag takes at `p`, with the whitespace that it swallows; 0 when none is there.
  size_t block_end(size_t p, std::string_view mark, bool trims) const {
    const std::string_view here = std::string_view(source_).substr(std::min(p, source_.size()));
    if (here.substr(0, 1) == "-" && here.substr(1, 2) == mark) return 3 + blank_bytes(p + 3);
    if (trims && here.substr(0, 1) == "+" && here.substr(1, 2) == mark) return 3;
    if (here.substr(0, 2) != mark) return 0;
    return trims && here.substr(2, 1) == "\n" ? 3 : 2;
  }

  void expression(bool block) {
    std::string open;  // the brackets that wait for their other half
    while (at_ < source_.size()) {
      const size_t end = open.empty() ? block_end(at_, block ? "%}" : "}}", block) : 0;
      if (end > 0) {
        add(block ? Kind::block_end : Kind::variable_end);
        return skip(end);
      }
      if (const size_t blanks = blank_bytes(at_); blanks > 0) {
        skip(blanks);
      } else if (!number() && !name() && !string()) {
        operation(open);
      }
    }
  }

  // Digits of a base with single `_` between them; 0: there are none.
  size_t digits(size_t from, int base, bool leading_underscore) const {
    size_t p = from;
    while (p < source_.size()) {
      const bool underscore = source_[p] == '_' && (p > from || leading_underscore);
      const size_t digit = p + underscore;
      if (digit >= source_.size() || !is_base_digit(source_[digit], base)) break;
      p = digit + 1;
    }
    return p - from;
  }

  bool number() {
    if (!is_digit(source_[at_])) return false;
    if (const size_t size = real_size(); size > 0) {
      std::string text = source_.substr(at_, size);
      text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
      double value = 0;
      if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
        fail("this float is out of range: " + text);
      add(Kind::real).real = value;
      skip(size);
      return true;
    }
    int base = 10;
    size_t size = 0;
    const char letter = at_ + 1 < source_.size() ? static_cast<char>(source_[at_ + 1] | 0x20) : ' ';
    if (source_[at_] == '0') {
      base = letter == 'b' ? 2 : letter == 'o' ? 8 : letter == 'x' ? 16 : 10;
      if (base != 10) size = digits(at_ + 2, base, true);
      if (size > 0) {
        size += 2;
      } else {
        base = 10;
        for (size = 1; ahead_zero(size);) size += source_[at_ + size] == '_' ? 2 : 1;
      }
    } else {
      size = digits(at_, 10, false);
    }
    integer(std::string_view(source_).substr(at_, size), base);
    skip(size);
    return true;
  }
  bool ahead_zero(size_t size) const {
    const std::string_view more = rest().substr(size, 2);
    return more.substr(0, 1) == "0" || more == "_0";
  }

  // digits ( .digits [exponent] | exponent ), and not right behind a dot.
  size_t real_size() const {
    if (at_ > 0 && source_[at_ - 1] == '.') return 0;
    const size_t whole = digits(at_, 10, false);
    size_t p = at_ + whole;
    const size_t fraction = p < source_.size() && source_[p] == '.' ? digits(p + 1, 10, false) : 0;
    if (fraction > 0) p += 1 + fraction;
    size_t e = p;
    if (e < source_.size() && (source_[e] | 0x20) == 'e') {
      ++e;
      if (e < source_.size() && (source_[e] == '+' || source_[e] == '-')) ++e;
      const size_t exponent = digits(e, 10, false);
      if (exponent > 0) return e + exponent - at_;
    }
    return fraction > 0 ? p - at_ : 0;
  }

  void integer(std::string_view text, int base) {
    Integer value = 0;
    for (const char c : base == 10 ? text : text.substr(2)) {
      if (c == '_') continue;
      const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
      if (value > (Integer{1} << 120)) fail("this number is too large");
      value = value * base + digit;
    }
    add(Kind::integer).integer = value;
  }

  bool name() {
    if (!is_name_start(source_[at_])) return false;
    size_t end = at_;
    while (end < source_.size() && is_name_part(source_[end])) ++end;
    if (end < source_.size() && static_cast<unsigned char>(source_[end]) >= 0x80)
      fail("names beyond ASCII are not supported");
    add(Kind::name, source_.substr(at_, end - at_));
    skip(end - at_);
    return true;
  }

  bool string() {
    const char quote = source_[at_];
    if (quote != '"' && quote != '\'') return false;
    size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote) end += source_[end] == '\\' ? 2 : 1;
    if (end >= source_.size()) fail("a string has no end");
    std::string why;
    auto text = unescape(std::string_view(source_).substr(at_ + 1, end - at_ - 1), why);
    if (!text) fail(why);
    add(Kind::text, std::move(*text));
    skip(end + 1 - at_);
    return true;
  }

  void operation(std::string& open) {
    for (const std::string_view op : operators) {
      if (!ahead(op)) continue;
      const char c = op[0];
      if (c == '(' || c == '[' || c == '{') {
        open += c == '(' ? ')' : c == '[' ? ']' : '}';
      } else if (c == ')' || c == ']' || c == '}') {
        if (open.empty()) fail(fmt::format("unexpected '{}'", c));
        if (open.back() != c) fail(fmt::format("unexpected '{}', expected '{}'", c, open.back()));
        open.pop_back();
      }
      add(Kind::op, std::string(op));
      return skip(op.size());
    }
    if (static_cast<unsigned char>(source_[at_]) >= 0x80) fail("names beyond ASCII are not supported");
    fail(fmt::format("unexpected character '{}'", source_[at_]));
  }

  std::string source_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  bool line_starting_ = true;
  std::vector<Token> tokens_;
};

}  // namespace

std::string Token::shown() const {
  switch (kind) {
    case Kind::data: return "text";
    case Kind::variable_begin: return "'{{'";
    case Kind::variable_end: return "'}}'";
    case Kind::block_begin: return "'{%'";
    case Kind::block_end: return "'%}'";
    case Kind::integer:
    case Kind::real: return "a number";
    case Kind::text: return "a string";
    case Kind::end: return "the end of the template";
    case Kind::name:
    case Kind::op: break;
  }
  return "'" + text + "'";
}

std::vector<Token> tokenize(std::string_view source) { return Lexer(plain_lines(source)).run(); }

}  // namespace weir::chat
