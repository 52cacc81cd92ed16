#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tokenizers/added_tokens.hpp"
#include "tokenizers/models/bpe_buffers.hpp"
#include "tokenizers/models/unigram_buffers.hpp"
#include "tokenizers/normalized_text.hpp"
#include "tokenizers/normalizers/form_buffers.hpp"
#include "tokenizers/pre_tokenizer.hpp"
#include "tokenizers/regex/regex.hpp"

namespace weir {

// White space at both ends of a token's text, in code points: what a post-processor that trims offsets asks for.
struct TokenEdges {
  uint32_t leading = 0;
  uint32_t trailing = 0;
};

// The tokens of one text, before truncation.
struct TextTokens {
  std::vector<int32_t> ids;
  std::vector<TokenSpan> spans;   // when offsets are asked for
  std::vector<TokenEdges> edges;  // when they are trimmed, too
};

// Where a token may end that a word begins with.
struct PieceEnd {
  uint64_t hash = 0;  // of the word up to there
  size_t size = 0;
};

// Tokens [begin, end) of a text.
struct TokenRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// The working memory of Tokenizer::encode, kept by Scratch.
struct EncodeBuffers {
  std::string repaired;                // a text whose invalid UTF-8 was replaced
  std::string lowered;                 // for TokenizerOptions::lower_case
  std::vector<TokenSpan> raw_origins;  // of the text before it is normalized
  std::vector<AddedSplit> raw_splits;
  std::vector<AddedSplit> normalized_splits;
  NormalizedText normalized;  // of the current segment
  Words words;                // likewise
  std::vector<uint32_t> ends;
  TextTokens texts[2];  // of the text and of its pair
  std::vector<TokenRange> windows[2];

  NormalizedText rewritten;        // free to a pre-tokenizer
  std::vector<ByteRange> ranges;   // likewise
  std::vector<ByteRange> matches;  // of a pattern in a text
  RegexScratch regex;
  // A code point between two starters, while they are put in canonical order.
  struct Combining {
    char32_t code;
    bool first;  // of the decomposition of an original code point
  };
  std::vector<Combining> run;
  std::vector<TokenSpan> run_origins;  // of the original code points in it
  std::vector<PieceEnd> piece_ends;    // of tokens that a word may begin with
  BpeBuffers bpe;
  UnigramBuffers unigram;
  FormBuffers form;
};

}  // namespace weir
