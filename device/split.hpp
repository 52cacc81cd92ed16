#pragma once

#include <cstdint>
#include <vector>

#include "device/tokens.hpp"

namespace weir {

// Whole sequences [first, first + count) of a batch.
struct SequenceRange {
  int32_t first = 0;
  int32_t count = 0;
};

// Splits a batch into at most `parts` ranges of neighbouring sequences of about equal cost, where a sequence of n
// tokens costs n + n * n / linear_length: attention weighs as much as everything else at `linear_length` tokens
// (MiniLM: about 1 150, facts: 21.2 MFLOP linear against 9.2 kFLOP a token of length). Ranges are not empty and cover
// the batch in order.
std::vector<SequenceRange> split_by_cost(const PackedTokens& batch, int32_t parts, double linear_length = 2300.0);

// Ranges of neighbouring sequences of about `tokens` tokens each, so that a layer's activations stay in a core's cache:
// the batch is cut into the fewest blocks that hold at most `tokens` (a longer sequence is its own block), evenly
// filled.
std::vector<SequenceRange> row_blocks(const PackedTokens& batch, int32_t tokens);

}  // namespace weir
