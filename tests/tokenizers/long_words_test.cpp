#include "tokenizers/models/long_words.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace weir {
namespace {

// Merges of random tokens of a few letters, in random order; many tokens have more than one merge, as Llama 3's have.
std::vector<Merge> random_merges(std::mt19937& random, int32_t letters) {
  std::map<std::string, int32_t> ids;
  std::vector<std::string> tokens;
  const auto id_of = [&](const std::string& token) {
    const auto [found, made] = ids.emplace(token, static_cast<int32_t>(tokens.size()));
    if (made) tokens.push_back(token);
    return found->second;
  };
  for (int32_t i = 0; i < letters; ++i) id_of(std::string(1, static_cast<char>('a' + i)));
  std::vector<Merge> merges;
  for (int i = 0; i < 60; ++i) {
    const auto left = static_cast<int32_t>(random() % tokens.size());
    const auto right = static_cast<int32_t>(random() % tokens.size());
    const auto text = tokens[static_cast<size_t>(left)] + tokens[static_cast<size_t>(right)];
    if (text.size() <= 24) merges.push_back({left, right, id_of(text)});
  }
  std::shuffle(merges.begin(), merges.end(), random);
  return merges;
}

bool same(const std::vector<Symbol>& a, const std::vector<Symbol>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Symbol& x, const Symbol& y) { return x.id == y.id && x.length == y.length; });
}

TEST(LongWords, parts_have_the_tokens_of_the_whole) {
  std::mt19937 random(11);
  int in_parts = 0;
  for (int round = 0; round < 400; ++round) {
    const auto letters = static_cast<int32_t>(1 + random() % 4);
    const MergeTable merges(random_merges(random, letters));
    BpeBuffers work;
    // Letters by chance, or a few of them over and over; some stand for more than one byte.
    const size_t period = round % 2 == 0 ? 0 : 1 + random() % 9;
    std::vector<Symbol> word;
    for (size_t i = 0, size = 300 + random() % 3000; i < size; ++i)
      word.push_back(period > 0 && i >= period ? word[i - period]
                                               : Symbol{static_cast<int32_t>(random() % static_cast<uint32_t>(letters)),
                                                        static_cast<uint32_t>(1 + random() % 3 / 2)});
    auto whole = word;
    merge_at_once(merges, whole, work);
    work.symbols = word;
    if (merge_in_parts(merges, 192, work)) {
      ++in_parts;
      ASSERT_TRUE(same(work.symbols, whole)) << round;
    } else {
      ASSERT_TRUE(same(work.symbols, word)) << round;
    }
    work.symbols = word;
    merge_long(merges, work);
    ASSERT_TRUE(same(work.symbols, whole)) << round;
  }
  EXPECT_GT(in_parts, 200);
  EXPECT_LT(in_parts, 400);
}

// By its definition: the lowest rank, of equal ones the leftmost.
TEST(LongWords, the_lowest_rank_merges_first) {
  std::mt19937 random(12);
  for (int round = 0; round < 200; ++round) {
    auto list = random_merges(random, 3);
    // One merge a token, since one that waits may else be taken for another.
    std::map<int32_t, Merge> by_result;
    for (const auto& merge : list) by_result.emplace(merge.result, merge);
    std::erase_if(list, [&](const Merge& m) {
      return by_result.at(m.result).left != m.left || by_result.at(m.result).right != m.right;
    });
    const MergeTable merges(list);
    BpeBuffers work;
    for (int i = 0; i < 300; ++i) work.symbols.push_back({static_cast<int32_t>(random() % 3), 1});
    auto expected = work.symbols;
    while (true) {
      size_t best = expected.size();
      uint32_t lowest = MergeTable::none;
      for (size_t i = 0; i + 1 < expected.size(); ++i)
        if (const auto rank = merges.rank(expected[i].id, expected[i + 1].id); rank < lowest) {
          lowest = rank;
          best = i;
        }
      if (lowest == MergeTable::none) break;
      expected[best] = {merges.result(lowest), expected[best].length + expected[best + 1].length};
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
    merge_at_once(merges, work.symbols, work);
    ASSERT_TRUE(same(work.symbols, expected)) << round;
  }
}

}  // namespace
}  // namespace weir
