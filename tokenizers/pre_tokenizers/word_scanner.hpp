#pragma once

#include <string_view>
#include <vector>

#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

// A regular expression of real models as a hand-made machine: one pass, no state but the place. Its words are the
// matches of the expression, which a test compares with those of the engine (regex/).
struct WordScanner {
  std::string_view name;  // "GPT-2"
  bool drops_rest;        // what no word has is dropped, as by the behavior Removed of the inverted expression
  // Appends the words of `text`, well-formed UTF-8, each moved on by `offset` bytes.
  void (*scan)(std::string_view text, uint32_t offset, std::vector<ByteRange>& words);
};

// The machine of an expression that it knows to the letter, with line breaks as they are or as \r and \n; null for
// others.
const WordScanner* find_word_scanner(std::string_view expression);

// DeepSeek V3 splits three times, by these expressions, Isolated each time; this machine does it at once.
const WordScanner* find_word_scanner(std::string_view first, std::string_view second, std::string_view third);

}  // namespace weir
