#include "tokenizers/models/piece_trie.hpp"

#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace weir {
namespace {

// Few letters, so that many share their first bytes; a zero byte, which is not the end; pieces longer than a key.
TEST(PieceTrie, finds_what_a_map_finds) {
  std::mt19937 random(5);
  const std::string_view letters("\0ab\xE2\x96\x81", 6);
  const auto text = [&](size_t longest) {
    std::string made(random() % 2 ? "\xE2\x96\x81" : "");
    for (size_t left = 1 + random() % longest; left > 0; --left) made += letters[random() % letters.size()];
    return made;
  };
  std::map<std::string, int32_t> ids;
  for (int i = 0; i < 6000; ++i) ids.emplace(text(i % 10 == 0 ? 30 : 6), i);
  const std::vector<PieceTrie::Piece> pieces(ids.begin(), ids.end());
  auto shuffled = pieces;
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  const auto trie = PieceTrie::make(shuffled);
  ASSERT_TRUE(trie);
  size_t hits = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto sought =
        i < static_cast<int>(pieces.size()) ? std::string(pieces[static_cast<size_t>(i)].first) : text(9);
    PieceTrie::Walk walk(*trie);
    bool on = true;
    for (size_t end = 1; end <= sought.size(); ++end) {
      on = on && walk.next(sought[end - 1]);
      const auto known = ids.find(sought.substr(0, end));
      ASSERT_EQ(on ? walk.id() : -1, known == ids.end() ? -1 : known->second);
      hits += known != ids.end();
    }
  }
  EXPECT_GT(hits, 20'000u);
}

}  // namespace
}  // namespace weir
