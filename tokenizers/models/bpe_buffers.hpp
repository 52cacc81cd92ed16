#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

// A token on its way through the merges of a word, with the bytes that Hugging Face counts for it.
struct Symbol {
  int32_t id = 0;
  uint32_t length = 0;
};

// The working memory of Bpe::encode, held by EncodeBuffers.
struct BpeBuffers {
  // The neighbours of a symbol in a long word.
  struct Link {
    uint32_t previous;
    uint32_t next;
    uint32_t rank;  // of the merge with the next
  };
  std::vector<Symbol> symbols;
  std::vector<Symbol> part;    // of a word in parts
  std::vector<Symbol> merged;  // its tokens
  std::vector<Link> links;
  std::vector<uint64_t> heap;  // rank << 32 | place
  std::string letters;         // a word in the byte alphabet
};

}  // namespace weir
