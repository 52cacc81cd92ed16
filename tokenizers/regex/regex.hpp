#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

namespace regex {
struct Program;
}

// What a caller of Regex::find_all keeps between calls: the automata of the last eight expressions. An automaton takes
// kilobytes for what models use, and forgets when it comes to 8 MiB; only an expression of thousands of states may take
// more, in a window of 256 places or of the root of the text. Besides, up to 5 bytes for each byte of a text. For one
// thread.
class RegexScratch {
 public:
  RegexScratch();
  ~RegexScratch();
  RegexScratch(RegexScratch&&) noexcept;
  RegexScratch& operator=(RegexScratch&&) noexcept;

 private:
  friend class Regex;
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

// A regular expression of tokenizer.json, as Hugging Face tokenizers (Oniguruma) matches it: the leftmost match, by the
// priorities of a backtracking matcher. Immutable; for any thread.
//
// Time is linear in the text, whatever expression and text: one pass from right to left finds out where a match can
// begin and which way leads to its end, one from left to right walks these ways (automaton.hpp). A long text is taken
// in windows, each of which is read twice.
class Regex {
 public:
  // corrupt: Oniguruma refuses it too. unsupported: back references, calls, conditions, callouts, absent operators,
  // text segments, \K and \G, and what is too large (syntax.hpp, program.hpp). The message names the byte.
  static Result<Regex> compile(std::string_view pattern);

  // Appends the matches in `text`, which is well-formed UTF-8, as Hugging Face finds them one after the other; an empty
  // match right behind a match does not count.
  void find_all(std::string_view text, RegexScratch& scratch, std::vector<ByteRange>& matches) const;

 private:
  explicit Regex(std::shared_ptr<const regex::Program> program);

  std::shared_ptr<const regex::Program> program_;
};

}  // namespace weir
