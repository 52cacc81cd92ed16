#include "tokenizers/truncation.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace weir {

Result<Kept> truncated(uint32_t first, uint32_t second, bool pair, uint32_t room, Truncation strategy) {
  const uint64_t total = uint64_t{first} + second;
  if (total <= room) return Kept{first, second};
  if (room == 0) return Kept{0, 0};  // whatever the strategy
  const auto excess = static_cast<uint32_t>(total - room);
  switch (strategy) {
    case Truncation::longest_first: {
      if (!pair) return Kept{room, 0};
      uint32_t shorter = std::min(first, second);
      uint32_t longer = shorter > room ? shorter : std::max(shorter, room - shorter);
      if (uint64_t{shorter} + longer > room) {
        shorter = room / 2;
        longer = shorter + room % 2;
      }
      return first > second ? Kept{longer, shorter} : Kept{shorter, longer};
    }
    case Truncation::only_first:
      if (first > excess) return Kept{first - excess, second};
      return fail(
          ErrorCode::tokenizer_error,
          fmt::format("truncation only_first: the first text has {} tokens, {} would have to go", first, excess));
    case Truncation::only_second:
      if (!pair) return fail(ErrorCode::tokenizer_error, "truncation only_second: there is no second text");
      if (second > excess) return Kept{first, second - excess};
      return fail(
          ErrorCode::tokenizer_error,
          fmt::format("truncation only_second: the second text has {} tokens, {} would have to go", second, excess));
  }
  return Kept{first, second};
}

Result<void> windows(uint32_t total, uint32_t kept, uint32_t shared, Side side, std::vector<TokenRange>& out) {
  out.clear();
  if (kept >= total) {
    out.push_back({0, total});
    return {};
  }
  if (shared >= kept)
    return fail(ErrorCode::tokenizer_error,
                fmt::format("window_stride is {}, but a window has {} tokens of this text", shared, kept));
  for (uint32_t done = 0;; done += kept - shared) {
    const uint32_t stop = std::min(total, done + kept);
    out.push_back(side == Side::right ? TokenRange{done, stop} : TokenRange{total - stop, total - done});
    if (stop == total) return {};
  }
}

}  // namespace weir
