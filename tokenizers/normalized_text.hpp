#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// Where a token, or a byte on its way to one, stands in its text: code points [begin, end), as Hugging Face counts
// them. {0, 0} for special tokens that were added. In a text whose invalid UTF-8 was replaced, each U+FFFD is one code
// point.
struct TokenSpan {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool operator==(const TokenSpan&) const = default;
};

// Well-formed UTF-8 on its way through the tokenizer. Where offsets are wanted, `origins` has for each byte the place
// in the original text that Hugging Face's `alignments` name for it; else it is empty.
struct TextView {
  std::string_view text;
  std::span<const TokenSpan> origins;

  bool traced() const { return !origins.empty(); }
  TextView sub(size_t begin, size_t end) const {
    return {text.substr(begin, end - begin), traced() ? origins.subspan(begin, end - begin) : origins};
  }
};

// The same with memory of its own.
struct NormalizedText {
  std::string text;
  std::vector<TokenSpan> origins;

  void clear() {
    text.clear();
    origins.clear();
  }
  TextView view() const { return {text, origins}; }
};

}  // namespace weir
