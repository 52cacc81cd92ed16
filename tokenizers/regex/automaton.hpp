#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tokenizers/regex/program.hpp"

namespace weir::regex {

// What each state of a part answers at one place of the text: `matched`; `failed`; or, inside of atomic groups, that
// the group of this depth (1: the innermost) matched and what follows it failed, so that nothing else in it may be
// tried. All answers at a place follow from those at the place before (in the direction of the part) and from the
// characters next to it, so they are states of a finite automaton, which is built as texts ask for it. The idea of
// answers with depths is that of Fujinami and Hasuo, Efficient Matching with Memoization for Regexes with Look-around
// and Atomic Grouping (2024); the automaton in place of their memo makes one pass of it, without a stack.
//
// Kept in a RegexScratch; for one thread.
class Automaton {
 public:
  static constexpr uint8_t failed = 0;
  static constexpr uint8_t matched = 255;

  // `behinds`: how many look-behinds the part asks about.
  Automaton(const Program& program, const Part& part, bool leftward, size_t behinds);

  // The answers beside a character. `from`: those on its other side; `other`: what is on this side, a symbol; `holds`:
  // the look-behinds that hold here, as bits.
  uint32_t step(uint32_t from, uint32_t symbol, uint32_t other, uint32_t holds) {
    const size_t at = from * width_ + (symbol * contexts_ + context_of_[other]) * (size_t{1} << behinds_) + holds;
    return next_[at] != unknown ? next_[at] : make_step(from, symbol, other, holds, at);
  }
  // The answers where the part begins to read: `other` as above.
  uint32_t begin(uint32_t other, uint32_t holds) { return step(0, program_.edge(), other, holds); }

  const uint8_t* answers(uint32_t at) const { return answers_.data() + size_t{at} * part_.states.size(); }
  uint32_t find(const uint8_t* answers);  // or adds

  // Forgets all when it takes more than `bytes`; `answers` then are to be found again.
  bool forget(size_t bytes);
  bool would_forget(size_t bytes) const { return count_ * bytes_per_answers() > bytes || count_ == 0; }
  size_t bytes_per_answers() const { return part_.states.size() + 4 * width_ + 16; }

 private:
  static constexpr uint32_t unknown = 0xFFFFFFFF;

  uint32_t make_step(uint32_t from, uint32_t symbol, uint32_t other, uint32_t holds, size_t at);
  bool holds_at(Node::Place place, uint8_t before, uint8_t after) const;
  uint8_t answer(const State& state, const uint8_t* from, uint32_t symbol, uint32_t other, uint32_t holds) const;
  void grow_slots();

  const Program& program_;
  const Part& part_;
  const bool leftward_;
  const size_t behinds_;
  std::vector<uint8_t> context_of_;  // [symbol]: symbols whose traits agree are one context
  size_t contexts_ = 0;
  size_t width_ = 0;
  std::vector<uint8_t> answers_;
  std::vector<uint32_t> next_;
  std::vector<uint32_t> slots_;  // hash table
  uint32_t count_ = 0;
  std::vector<uint8_t> work_;
};

}  // namespace weir::regex
