#include "tokenizers/utf8.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tokenizers/unicode/tables.hpp"

namespace weir {
namespace {

std::string replaced(std::string_view text) {
  std::string out;
  utf8::replace_invalid(text, out);
  return out;
}

TEST(Utf8, KnowsWellFormedText) {
  EXPECT_TRUE(utf8::valid("plain ascii, longer than eight"));
  EXPECT_TRUE(utf8::valid("caf\u00e9 \u4e2d \U0001F600"));
  EXPECT_FALSE(utf8::valid("\xC0\x80"));
  EXPECT_FALSE(utf8::valid("\xED\xA0\x80"));
  EXPECT_FALSE(utf8::valid("abc\xE4\xB8"));
}

TEST(Utf8, is_valid_where_nothing_is_replaced) {
  const char* const parts[] = {"a",    "plain ascii ", "\u00e9",       "\u4e2d",   "\U0001F600", "\x80",
                               "\xC0", "\xE0\x9F",     "\xED\xA0\x80", "\xF4\x90", "\xE4"};
  std::mt19937 random(6);
  size_t valid = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t count = random() % 12; count > 0; --count) text += parts[random() % (random() % 8 == 0 ? 11 : 5)];
    ASSERT_EQ(utf8::valid(text), replaced(text) == text) << text;
    valid += utf8::valid(text);
  }
  EXPECT_GT(valid, 5000u);
  EXPECT_LT(valid, 15000u);
}

TEST(Utf8, ReplacesEachMaximalInvalidPart) {
  EXPECT_EQ(replaced("a\xF0\x9F\x98z"), "a\uFFFDz");
  EXPECT_EQ(replaced("\xC0\x80"), "\uFFFD\uFFFD");
  EXPECT_EQ(replaced("\xE4\xB8"), "\uFFFD");
}

TEST(UnicodeTables, SayWhatThePinnedVersionDoes) {
  EXPECT_EQ(unicode::flags(U'\u200B') & unicode::drop, unicode::drop);
  EXPECT_EQ(unicode::flags(U'\u4E2D') & unicode::chinese, unicode::chinese);
  EXPECT_EQ(unicode::flags(U'\u0301') & unicode::mark, unicode::mark);
  EXPECT_EQ(unicode::decompose(U'\u00E9').count, 2u);
  EXPECT_EQ(unicode::decompose(U'\uD55C').count, 3u);
  EXPECT_EQ(unicode::lower(U'\u0130').count, 2u);
  EXPECT_EQ(unicode::combining_rank(U'a'), 0);
}

}  // namespace
}  // namespace weir
