#pragma once

#include <vector>

#include "tokenizers/models/merge_table.hpp"

namespace weir {

class Vocabulary;

// Which of several ways to make one token comes first.
enum class SplitOrder {
  shortest_left,  // SentencePiece files
  lowest_ids      // of the left part, then of the right: tiktoken files
};

// The merges that a list of tokens implies, for files that hold none: each way to make a token of two others is a
// merge, in the order of the ids of the results. What transformers' generate_merges and TikTokenConverter do.
LargeVector<Merge> derived_merges(const Vocabulary& vocabulary, SplitOrder order);

}  // namespace weir
