#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/regex/char_set.hpp"

namespace weir::regex {

// A regular expression as a tree.
struct Node {
  enum class Kind : uint8_t {
    set,        // one character of Syntax::sets[set]
    letter,     // only while it is parsed: one code point, in any case where `fold`
    sequence,   // of children; without any, the empty text
    choice,     // of children, the first that works
    repeat,     // of one child, min to max times
    atomic,     // one child, which is not tried again once it matched
    ahead,      // one child that must (or, negated, must not) match from here
    behind,     // one child that must (must not) match up to here
    assertion,  // a place
  };
  enum class Place : uint8_t {
    word_boundary,
    no_word_boundary,
    line_begin,
    line_end,
    text_begin,
    text_end,
    text_end_or_newline,  // or before a newline there
  };
  static constexpr uint32_t unbounded = 0xFFFFFFFF;

  Kind kind = Kind::sequence;
  Place place = Place::text_begin;
  bool greedy = true;
  bool negated = false;
  bool fold = false;
  bool nullable = true;  // may match the empty text
  bool captures = false;
  uint32_t set = 0;
  char32_t code = 0;
  uint32_t min = 0, max = 0;
  std::vector<Node> children;
};

struct Syntax {
  Node root;
  std::vector<CharSet> sets;  // each but once
};

// Reads a pattern in the syntax that Oniguruma calls its own (ONIG_SYNTAX_ONIGURUMA, what Hugging Face uses; doc/RE of
// Oniguruma 6.9). corrupt: Oniguruma refuses it too. unsupported: we do not build it. Both name the byte.
Result<Syntax> parse(std::string_view pattern);

inline constexpr size_t max_pattern_bytes = 65'536;
inline constexpr uint32_t max_nesting = 100;
inline constexpr uint32_t max_repeat = 100'000;  // Oniguruma's own
inline constexpr size_t max_sets = 1'000;

}  // namespace weir::regex
