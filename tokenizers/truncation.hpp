#pragma once

#include <cstdint>

#include "base/error.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {

// How many tokens of a text and of its pair stay, special tokens not counted.
struct Kept {
  uint32_t first = 0;
  uint32_t second = 0;
};

// Hugging Face's truncate_encodings: `room` is max_tokens less the special tokens. tokenizer_error: the strategy cannot
// reach it.
Result<Kept> truncated(uint32_t first, uint32_t second, bool pair, uint32_t room, Truncation strategy);

}  // namespace weir
