#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tokenizers/regex/syntax.hpp"

namespace weir::regex {

// A compiled pattern. States are so ordered that one which asks another about the same place in the text comes after
// it.
struct State {
  enum class Op : uint8_t {
    accept,        // the end of the pattern, or of what looks around
    set,           // a character of set `a`, then state `b` one character on
    split,         // state `a`, else `b`
    atomic_begin,  // state `a`, inside
    atomic_end,    // state `a`, outside
    look,          // if state `a` matches, state `b`
    look_not,      // if state `a` does not match, state `b`
    behind,        // if look-behind `a` holds, state `b`
    behind_not,
    place,  // if Place `a` holds, state `b`
  };
  Op op = Op::accept;
  uint32_t a = 0;
  uint32_t b = 0;
};

// What places ask of a character next to them.
enum Trait : uint8_t {
  is_word = 1,
  is_newline = 2,
  is_edge = 4,  // there is none: the text begins or ends
  is_last = 8,  // the last of the text
};

// States, and where to begin. The main part runs from right to left; the part for look-behinds, whose sequences are
// reversed, from left to right.
struct Part {
  std::vector<State> states;
  std::vector<uint32_t> roots;  // one, or one for each look-behind
};

struct Program {
  // Code points that no part of the pattern tells apart are one symbol. The last two are no character, and the newline
  // at the end of the text.
  uint32_t edge() const { return symbols - 2; }
  uint32_t last_newline() const { return symbols - 1; }
  uint32_t symbols = 0;
  std::array<uint16_t, 128> ascii_symbols{};
  std::vector<uint16_t> block_of;                 // code point / 256
  std::vector<std::array<uint16_t, 256>> blocks;  // symbols
  std::vector<uint8_t> traits;                    // by symbol; only those that matter
  std::vector<uint8_t> members;                   // [symbol][set]: 1 or 0
  size_t sets = 0;
  bool asks_last = false;  // whether the newline at the end is to be told apart

  std::string prefix;  // what each match begins with, as far as it is plain text
  Part main;
  Part behind;

  uint16_t symbol(char32_t code) const {
    return code < 128 ? ascii_symbols[code] : blocks[block_of[code >> 8]][code & 255];
  }
};

inline constexpr size_t max_states = 8'192;
inline constexpr size_t max_behinds = 8;
inline constexpr size_t max_symbols = 2'048;
inline constexpr size_t max_width =
    8'192;  // symbols, traits beside them, and look-behinds that hold or do not: together

// unsupported: the program would be larger than these, or a look-behind contains what cannot be read backwards.
Result<Program> compile(const Syntax& syntax);

}  // namespace weir::regex
