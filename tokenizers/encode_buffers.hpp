#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tokenizers/tokenizer.hpp"

namespace weir {

// Text on its way through a normalizer. With `origins`, each byte of `text` knows the code point of the original that
// it comes from: [origin, origin + 1).
struct NormalizedText {
  std::string text;
  std::vector<uint32_t> origins;
  void clear() {
    text.clear();
    origins.clear();
  }
};

// The working memory of Tokenizer::encode, kept by Scratch.
struct EncodeBuffers {
  std::string repaired;       // a text whose invalid UTF-8 was replaced
  std::string lowered;        // for TokenizerOptions::lower_case
  NormalizedText normalized;  // of the current segment
  // A code point between two starters, while they are put in canonical order.
  struct Combining {
    char32_t code;
    bool first;  // of the decomposition of an original code point
  };
  std::vector<Combining> run;
  std::vector<uint32_t> run_origins;  // of the original code points in it
  std::vector<uint64_t> hashes;       // of the prefixes of a word
  std::vector<int32_t> ids[2];        // of the text and of its pair, before truncation
  std::vector<TokenSpan> spans[2];
};

}  // namespace weir
