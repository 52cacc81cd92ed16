#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tokenizers/normalized_text.hpp"
#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

// The working memory of Tokenizer::encode, kept by Scratch.
struct EncodeBuffers {
  std::string repaired;           // a text whose invalid UTF-8 was replaced
  std::string lowered;            // for TokenizerOptions::lower_case
  NormalizedText normalized;      // of the current segment
  NormalizedText rewritten;       // free to a pre-tokenizer
  std::vector<ByteRange> ranges;  // likewise
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
