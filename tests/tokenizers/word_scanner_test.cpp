// Each hand-made machine finds the words that the engine finds with its expression: on all short strings of an alphabet
// that has what the expressions tell apart, and on random long ones.
#include "tokenizers/pre_tokenizers/word_scanner.hpp"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tokenizers/pre_tokenizers/split.hpp"
#include "tokenizers/regex/regex.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

const std::vector<std::string> expressions = {
    R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)",
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)",
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};

const std::vector<std::string> deepseek3 = {
    R"(\p{N}{1,3})", "[一-龥\u3040-ゟ゠-ヿ]+",
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};

// A machine beside the expressions that it stands for, one split after the other.
struct Race {
  const WordScanner* scanner = nullptr;
  std::vector<Regex> steps;
  RegexScratch scratch;
  size_t wrong = 0;

  Race(const WordScanner* s, const std::vector<std::string>& patterns) : scanner(s) {
    for (const auto& pattern : patterns) steps.push_back(*Regex::compile(pattern));
  }

  std::vector<ByteRange> by_engine(std::string_view text) {
    std::vector<ByteRange> words{{0, static_cast<uint32_t>(text.size())}}, next, matches;
    if (text.empty()) words.clear();
    for (const auto& step : steps) {
      next.clear();
      for (const auto word : words) {
        matches.clear();
        step.find_all(text.substr(word.begin, word.end - word.begin), scratch, matches);
        for (auto& match : matches) match = {match.begin + word.begin, match.end + word.begin};
        append_split(word, matches, scanner->drops_rest ? SplitBehavior::removed : SplitBehavior::isolated,
                     scanner->drops_rest, next);
      }
      words.swap(next);
    }
    return words;
  }

  void check(std::string_view text) {
    if (wrong > 5) return;
    std::vector<ByteRange> words;
    scanner->scan(text, 0, words);
    const auto expected = by_engine(text);
    const bool same = std::equal(words.begin(), words.end(), expected.begin(), expected.end(),
                                 [](ByteRange a, ByteRange b) { return a.begin == b.begin && a.end == b.end; });
    if (same) return;
    ++wrong;
    ADD_FAILURE() << scanner->name << " on " << testing::PrintToString(std::string(text)) << "\n"
                  << shown(text, words) << "\nexpected\n"
                  << shown(text, expected);
  }

  static std::string shown(std::string_view text, const std::vector<ByteRange>& words) {
    std::string result;
    for (const auto word : words) result += fmt::format("[{}]", text.substr(word.begin, word.end - word.begin));
    return result;
  }
};

void check_short_strings(Race& race, const std::vector<std::string>& alphabet, size_t length) {
  std::vector<size_t> digits(length, 0);
  std::string text;
  for (bool more = true; more;) {
    text.clear();
    for (const size_t digit : digits) text += alphabet[digit];
    race.check(text);
    more = false;
    for (auto& digit : digits) {
      if (++digit < alphabet.size()) {
        more = true;
        break;
      }
      digit = 0;
    }
  }
}

void check_long_strings(Race& race) {
  static const std::vector<std::string> parts = {
      "a",      "b",      "z",          "A",      "Z",      "word",    "anothersixteenplusletters",
      "UPPER",  "Title",  "\u00e9",     "\u00c9", "\u01c5", "\u02b0",  "\u4e2d",
      "\u3042", "\u30ab", "\ud55c",     "\u0301", "\u0903", "1",       "12",
      "12345",  "\u0661", "\u00bd",     "\u2167", " ",      " ",       "  ",
      "   ",    "\t",     "\n",         "\r",     "\r\n",   "\n\n",    "\u00a0",
      "\u3000", "\u0085", "\u2028",     "'",      "'s",     "'S",      "'ll",
      "'Ll",    "'lL",    "'re",        "'ve",    "'x",     "'\u017f", "\u2019",
      ".",      "!",      "/",          "-",      "_",      "$",       "+",
      "(",      "\u3002", "\U0001f600", "\u200d", "\ufe0f", "\x01",    std::string("\0", 1),
      "\x7f",   "\u0378", "\ue000",     "\u30fb", "\u309b", "\u3099",  "\u30a0"};
  std::mt19937 random(5);
  for (size_t round = 0; round < 6'000; ++round) {
    std::string text;
    const size_t few = 1 + random() % parts.size();
    const size_t from = random() % parts.size();
    for (size_t count = random() % 60; count > 0; --count) text += parts[(from + random() % few) % parts.size()];
    race.check(text);
  }
  // Every code point, among letters, blanks and signs.
  for (char32_t c = 1; c < 0x110000; c += c < 0x3100 ? 1 : 7) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string one;
    utf8::append(one, c);
    race.check("a" + one + " " + one + one + "B!" + one + "\n" + one + "\u30ab" + one + "\u30ab");
  }
}

void check_all(Race& race) {
  const std::vector<std::string> alphabet = {"'", "s",  "l",      "A", "\u4e2d", "\u0301", "1",
                                             " ", "\n", "\u00a0", "!", "/",      "\x01"};
  for (size_t length = 0; length <= 4; ++length) check_short_strings(race, alphabet, length);
  const std::vector<std::string> letters = {"s", "A", "\u4e2d", "\u0301", "'", " "};
  for (size_t length = 5; length <= 6; ++length) check_short_strings(race, letters, length);
  const std::vector<std::string> blanks = {" ", "\n", "\t", "a", "!", "1"};
  for (size_t length = 5; length <= 6; ++length) check_short_strings(race, blanks, length);
  check_long_strings(race);
}

class WordScannerTest : public testing::TestWithParam<std::string> {};

TEST_P(WordScannerTest, finds_the_words_of_its_expression) {
  const auto* const scanner = find_word_scanner(GetParam());
  ASSERT_NE(scanner, nullptr);
  Race race(scanner, {GetParam()});
  check_all(race);
}
INSTANTIATE_TEST_SUITE_P(Expressions, WordScannerTest, testing::ValuesIn(expressions));

TEST(WordScanner, deepseek3_does_three_splits_at_once) {
  const auto* const scanner = find_word_scanner(deepseek3[0], deepseek3[1], deepseek3[2]);
  ASSERT_NE(scanner, nullptr);
  Race race(scanner, deepseek3);
  check_all(race);
}

TEST(WordScanner, line_breaks_in_an_expression_may_be_themselves) {
  auto expression = expressions[2];
  for (size_t at = 0; (at = expression.find("\\n")) != std::string::npos;) expression.replace(at, 2, "\n");
  EXPECT_NE(expression, expressions[2]);
  EXPECT_EQ(find_word_scanner(expression), find_word_scanner(expressions[2]));
}

TEST(WordScanner, other_expressions_have_none) { EXPECT_EQ(find_word_scanner("\\p{L}+"), nullptr); }

}  // namespace
}  // namespace weir
