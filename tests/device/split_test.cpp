#include "device/split.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace weir {
namespace {

struct Batch {
  std::vector<int32_t> ids, cu{7};  // a view may start anywhere
  explicit Batch(const std::vector<int32_t>& lengths) {
    for (const int32_t n : lengths) cu.push_back(cu.back() + n);
    ids.resize(static_cast<size_t>(cu.back() - cu.front()));
    std::iota(ids.begin(), ids.end(), 0);
  }
  PackedTokens view() const { return {ids, {}, cu, 512}; }
};

void expect_cover(const std::vector<SequenceRange>& ranges, int32_t sequences) {
  int32_t next = 0;
  for (const auto& range : ranges) {
    EXPECT_EQ(range.first, next);
    EXPECT_GT(range.count, 0);
    next += range.count;
  }
  EXPECT_EQ(next, sequences);
}

TEST(SplitByCost, covers_every_batch_with_non_empty_neighbouring_ranges) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<int32_t> lengths(random() % 40);
    for (auto& n : lengths) n = 1 + static_cast<int32_t>(random() % 512);
    const Batch batch(lengths);
    const auto parts = static_cast<int32_t>(1 + random() % 9);
    const auto ranges = split_by_cost(batch.view(), parts);
    EXPECT_LE(ranges.size(), static_cast<size_t>(parts));
    expect_cover(ranges, static_cast<int32_t>(lengths.size()));
  }
}

TEST(SplitByCost, halves_equal_sequences) {
  const Batch batch(std::vector<int32_t>(32, 128));
  const auto ranges = split_by_cost(batch.view(), 2);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].count, 16);
}

TEST(SplitByCost, counts_a_long_sequence_for_more_than_its_tokens) {
  std::vector<int32_t> lengths(16, 128);
  lengths.insert(lengths.begin(), 2048);  // as many tokens as the rest, nearly twice the cost of them
  const Batch batch(lengths);
  const auto ranges = split_by_cost(batch.view(), 2);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].count, 1);
}

TEST(SplitByCost, uses_no_more_parts_than_sequences) {
  const Batch batch({5});
  EXPECT_EQ(split_by_cost(batch.view(), 4).size(), 1U);
  EXPECT_TRUE(split_by_cost(Batch({}).view(), 4).empty());
}

TEST(RowBlocks, hold_at_most_the_asked_tokens_and_are_evenly_filled) {
  const Batch batch(std::vector<int32_t>(33, 32));  // 1056 tokens
  const auto blocks = row_blocks(batch.view(), 512);
  expect_cover(blocks, 33);
  EXPECT_EQ(blocks.size(), 3U);
  for (const auto& block : blocks) EXPECT_EQ(block.count, 11);
}

TEST(RowBlocks, give_a_longer_sequence_its_own_block) {
  const Batch batch({10, 2000, 10});
  const auto blocks = row_blocks(batch.view(), 512);
  expect_cover(blocks, 3);
  for (const auto& block : blocks) EXPECT_TRUE(block.count == 1);
}

TEST(PackedTokens, slices_keep_ids_and_starts) {
  const Batch batch({3, 4, 5});
  const auto slice = on_host(batch.view()).slice(1, 2);
  EXPECT_EQ(slice.tokens(), 9);
  EXPECT_EQ(slice.sequences(), 2);
  EXPECT_EQ(slice.ids[0], 3);
  EXPECT_EQ(slice.host.start(1), 4);
  const auto again = slice.slice(1, 1);
  EXPECT_EQ(again.ids[0], 7);
  EXPECT_EQ(again.host.start(1), 5);
}

}  // namespace
}  // namespace weir
