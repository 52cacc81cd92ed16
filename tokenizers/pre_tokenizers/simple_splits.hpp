#pragma once

#include <cstdint>
#include <string>

#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

// Runs of \w, and runs of what is neither \w nor \s: the expression \w+|[^\w\s]+ of the regex crate.
class Whitespace final : public PreTokenizer {
 public:
  void apply(Words& words, EncodeBuffers& buffers) const override;
  std::string describe() const override { return "Whitespace: words and runs of other characters"; }
};

// Splits where the script changes. Blanks and code points of no script stay with what is before them; at the start of a
// word they are lost, as in Hugging Face.
class UnicodeScripts final : public PreTokenizer {
 public:
  void apply(Words& words, EncodeBuffers& buffers) const override;
  std::string describe() const override { return "UnicodeScripts"; }
};

// Pieces of so many code points, the last one shorter.
class FixedLength final : public PreTokenizer {
 public:
  explicit FixedLength(uint32_t length) : length_(length) {}  // at least 1

  void apply(Words& words, EncodeBuffers& buffers) const override;
  std::string describe() const override;

 private:
  const uint32_t length_;
};

}  // namespace weir
