#pragma once

#include <cstdint>
#include <string>

#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

// SentencePiece's way with blanks: each becomes a mark (U+2581), one is put in front, and words begin at marks.
class Metaspace final : public PreTokenizer {
 public:
  // Where a mark is put in front, unless the word begins with one: of every word, of the one that begins the text, of
  // none.
  enum class Prepend : uint8_t { always, first, never };

  Metaspace(char32_t mark, Prepend prepend, bool split);

  void apply(Words& words, EncodeBuffers& buffers) const override;
  bool asks_start() const override { return prepend_ == Prepend::first; }
  std::string describe() const override;

 private:
  const std::string mark_;
  const Prepend prepend_;
  const bool split_;
};

}  // namespace weir
