#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace weir {

// The working memory of Unigram::encode, held by EncodeBuffers.
struct UnigramBuffers {
  // The best way to end at a byte of the word, by its last piece.
  struct Best {
    static constexpr uint32_t unreached = std::numeric_limits<uint32_t>::max();
    double score = 0;
    uint32_t begin = unreached;
    int32_t id = 0;
  };
  struct Piece {
    uint32_t begin;
    uint32_t end;
    int32_t id;
  };
  std::vector<Best> best;
  std::vector<Piece> path;  // from the last piece to the first
};

}  // namespace weir
