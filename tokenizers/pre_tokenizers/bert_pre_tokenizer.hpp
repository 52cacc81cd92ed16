#pragma once

#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

// Hugging Face's BertPreTokenizer: words between white space; a punctuation mark is a word of its own.
class BertPreTokenizer final : public PreTokenizer {
 public:
  void apply(Words& words, EncodeBuffers& buffers) const override;
  std::string describe() const override { return "BertPreTokenizer: words and punctuation"; }
};

}  // namespace weir
