#include "tokenizers/word_cache.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir {
namespace {

// A text of random words that end with it, in memory that ends with it, too.
std::vector<char> random_text(std::mt19937& random, size_t size) {
  std::vector<char> text(size);
  for (auto& byte : text) byte = static_cast<char>(random() % 3);
  return text;
}

TEST(WordKey, does_not_depend_on_what_stands_around_a_word) {
  std::mt19937 random(1);
  for (size_t size = 1; size < 40; ++size)
    for (size_t begin = 0; begin < size; ++begin)
      for (size_t end = begin + 1; end <= size; ++end) {
        const auto text = random_text(random, size);
        const std::string_view whole(text.data(), size);
        const auto word = whole.substr(begin, end - begin);
        const std::string alone = std::string(word) + std::string(16, '\0');
        const auto key = WordKey::of(word.data(), word.size(), whole);
        EXPECT_EQ(key.low,
                  WordKey::load<uint64_t>(alone.substr(0, std::min<size_t>(word.size(), 8)).append(8, '\0').data()));
        const auto same = WordKey::of(alone.data(), word.size(), alone);
        EXPECT_EQ(key.low, same.low);
        EXPECT_EQ(key.high, same.high);
        EXPECT_EQ(key.hash(word.data()), same.hash(alone.data()));
      }
}

TEST(WordCache, gives_what_was_put_or_nothing) {
  WordCache cache(1 << 14);
  std::map<std::string, std::vector<int32_t>, std::less<>> all;
  std::mt19937 random(2);
  size_t found = 0;
  for (int round = 0; round < 20000; ++round) {
    const auto text = random_text(random, 1 + random() % 36);
    const size_t size = 1 + random() % std::min<size_t>(text.size(), round % 2 == 0 ? 4 : 36);
    const std::string_view whole(text.data(), text.size());
    const auto word = whole.substr(text.size() - size);
    const auto key = WordKey::of(word.data(), size, whole);
    const auto hash = key.hash(word.data());
    if (const auto* entry = cache.find(word.data(), key, hash)) {
      ++found;
      EXPECT_EQ(std::vector<int32_t>(entry->ids, entry->ids + entry->count), all.at(std::string(word)));
      continue;
    }
    auto& ids = all[std::string(word)];
    if (ids.empty())
      for (size_t i = 0; i < 1 + word.size() % (WordCache::max_ids + 1); ++i)
        ids.push_back(static_cast<int32_t>(random()));
    cache.put(word.data(), key, hash, ids);
    const bool kept = size <= WordCache::max_bytes && ids.size() <= WordCache::max_ids;
    EXPECT_EQ(cache.find(word.data(), key, hash) != nullptr, kept) << size << ' ' << ids.size();
  }
  EXPECT_GT(found, 5000u);
}

TEST(WordCache, has_all_of_the_memory_it_was_given) {
  for (const size_t bytes : {size_t{0}, size_t{1} << 16, size_t{2} << 20, size_t{5} << 20}) {
    WordCache cache(bytes);
    const std::string word = "word and sixteen bytes";
    const auto key = WordKey::of(word.data(), 4, word);
    for (uint64_t hash = 0; hash < bytes / 64; ++hash) cache.put(word.data(), key, hash, std::vector<int32_t>{7});
    for (uint64_t hash = 0; hash < bytes / 64; ++hash) ASSERT_NE(cache.find(word.data(), key, hash), nullptr);
  }
}

}  // namespace
}  // namespace weir
