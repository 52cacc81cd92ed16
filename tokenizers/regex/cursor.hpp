#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "tokenizers/regex/char_set.hpp"

namespace weir::regex {

// Where the parser stands in a pattern. The first error sticks and moves the cursor to the end, so that whoever reads
// on soon stops; what was read is then of no use.
class Cursor {
 public:
  explicit Cursor(std::string_view pattern) : pattern_(pattern) {}

  bool at_end() const { return at_ == pattern_.size(); }
  size_t at() const { return at_; }
  std::string_view rest() const { return pattern_.substr(at_); }
  bool sees(std::string_view text) const { return rest().starts_with(text); }
  bool take(std::string_view text);  // true: it was there, and the cursor is behind it
  char32_t next();                   // a code point; the cursor is not at the end
  void go(size_t at) { at_ = at; }

  // `at`: where the trouble begins.
  void wrong(size_t at, std::string_view what) { stop(ErrorCode::corrupt, at, what); }
  void unsupported(size_t at, std::string_view what) { stop(ErrorCode::unsupported, at, what); }
  const std::optional<Error>& error() const { return error_; }

 private:
  void stop(ErrorCode code, size_t at, std::string_view what);

  std::string_view pattern_;
  size_t at_ = 0;
  std::optional<Error> error_;
};

// One character, or any of a set.
struct Escape {
  bool is_set = false;
  char32_t code = 0;
  CharSet set;
};

// What stands behind a backslash, where inside and outside of brackets agree: \w \p{L} \x{41} \n and others; a letter
// without a meaning is itself. `begin`: of the backslash.
Escape read_escape(Cursor& in, size_t begin);

// A bracket; the cursor stands behind "[". `fold`: (?i) holds. What it matches besides single characters then
// (U+00DF: "ss") is left to the caller.
CharSet read_brackets(Cursor& in, size_t begin, bool fold, bool& negated);

}  // namespace weir::regex
