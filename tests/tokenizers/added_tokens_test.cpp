#include "tokenizers/added_tokens.hpp"

#include <random>

#include <gtest/gtest.h>

namespace weir {
namespace {

std::string word(std::mt19937& random, size_t most) {
  std::string text;
  for (size_t left = 1 + random() % most; left > 0; --left) text += "abc<"[random() % 4];
  return text;
}

// The longest token at each place, tried one by one.
std::vector<AddedSplit> plainly(const std::vector<AddedToken>& tokens, std::string_view text) {
  std::vector<AddedSplit> out;
  size_t done = 0;
  for (size_t at = 0; at < text.size();) {
    const AddedToken* best = nullptr;
    for (const auto& token : tokens)
      if (text.substr(at).starts_with(token.content) && (!best || token.content.size() > best->content.size()))
        best = &token;
    if (best == nullptr) {
      ++at;
      continue;
    }
    if (done < at) out.push_back({done, at, -1});
    out.push_back({at, at + best->content.size(), best->id});
    done = at = at + best->content.size();
  }
  if (!out.empty() && done < text.size()) out.push_back({done, text.size(), -1});
  return out;
}

TEST(AddedTokens, thousands_are_found_as_by_trying_each) {
  std::mt19937 random(4);
  for (const size_t count : {1, 3, 2'000}) {
    std::vector<AddedToken> tokens;
    for (size_t i = 0; i < count; ++i) tokens.push_back({static_cast<int32_t>(i), word(random, 9)});
    const AddedTokens added(tokens);
    for (int round = 0; round < 300; ++round) {
      const auto text = word(random, 60);
      std::vector<AddedSplit> out;
      const auto expected = plainly(tokens, text);
      ASSERT_EQ(added.split(text, out), !expected.empty());
      ASSERT_EQ(out.size(), expected.size()) << text;
      for (size_t i = 0; i < out.size(); ++i) {
        ASSERT_EQ(out[i].begin, expected[i].begin);
        ASSERT_EQ(out[i].end, expected[i].end);
        ASSERT_EQ(out[i].id, expected[i].id) << "of two with one content the first counts";
      }
    }
  }
}

}  // namespace
}  // namespace weir
