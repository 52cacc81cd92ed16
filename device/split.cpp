#include "device/split.hpp"

#include <algorithm>

namespace weir {

std::vector<SequenceRange> split_by_cost(const PackedTokens& batch, int32_t parts, double linear_length) {
  const int32_t sequences = batch.sequences();
  const auto cost = [&](int32_t i) {
    const double n = batch.start(i + 1) - batch.start(i);
    return n + n * n / linear_length;
  };
  double rest = 0;
  for (int32_t i = 0; i < sequences; ++i) rest += cost(i);

  std::vector<SequenceRange> ranges;
  int32_t next = 0;
  for (int32_t part = 0; part < parts && next < sequences; ++part) {
    const double share = rest / (parts - part);
    SequenceRange range{next, 0};
    double filled = 0;
    // Takes the sequence that crosses the share when more than half of it belongs here.
    while (next < sequences && (range.count == 0 || part + 1 == parts || filled + cost(next) / 2 <= share)) {
      filled += cost(next++);
      ++range.count;
    }
    rest -= filled;
    ranges.push_back(range);
  }
  return ranges;
}

std::vector<SequenceRange> row_blocks(const PackedTokens& batch, int32_t tokens) {
  const int32_t sequences = batch.sequences();
  const int32_t blocks = std::max(1, (batch.tokens() + tokens - 1) / tokens);
  const int32_t target = (batch.tokens() + blocks - 1) / blocks;
  std::vector<SequenceRange> ranges;
  int32_t next = 0;
  while (next < sequences) {
    SequenceRange range{next, 0};
    const int32_t begin = batch.start(next);
    while (next < sequences &&
           (range.count == 0 || (batch.start(next + 1) - begin <= tokens && batch.start(next) - begin < target))) {
      ++next;
      ++range.count;
    }
    ranges.push_back(range);
  }
  return ranges;
}

}  // namespace weir
