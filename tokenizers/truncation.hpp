#pragma once

#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/encode_buffers.hpp"
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

// Hugging Face's Encoding::truncate with its overflowing parts: replaces `out` by the windows of `kept` tokens over a
// text of `total`, from `side`'s other end on; neighbours share `shared` tokens. tokenizer_error: the windows would not
// move on.
Result<void> windows(uint32_t total, uint32_t kept, uint32_t shared, Side side, std::vector<TokenRange>& out);

}  // namespace weir
