#pragma once

#include <compare>
#include <span>
#include <vector>

#include "tokenizers/unicode/properties.hpp"

namespace weir::regex {

struct CodeRange {
  char32_t first = 0;
  char32_t last = 0;
  auto operator<=>(const CodeRange&) const = default;
};

inline constexpr char32_t last_code = 0x10FFFF;

// A set of code points: ranges in order, with gaps between them.
class CharSet {
 public:
  CharSet() = default;
  explicit CharSet(std::vector<CodeRange> ranges);  // in any order; they may overlap
  static CharSet of(unicode::PropertySet property);
  static CharSet of(char32_t code) { return CharSet({{code, code}}); }

  CharSet unite(const CharSet& other) const;
  CharSet intersect(const CharSet& other) const;
  CharSet complement() const;
  CharSet with_other_case() const;  // and what (?i) takes for its letters

  bool contains(char32_t code) const;
  std::span<const CodeRange> ranges() const { return ranges_; }
  auto operator<=>(const CharSet&) const = default;

 private:
  std::vector<CodeRange> ranges_;
};

// What \w, \p{Word} and \b outside of brackets take for word characters. There Oniguruma asks its table of ISO 8859-1
// about the first 256 code points, and that counts superscripts and fractions among them.
CharSet lone_word();

}  // namespace weir::regex
