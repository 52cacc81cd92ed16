#include "tokenizers/regex/regex.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

std::string split(std::string_view pattern, std::string_view text) {
  const auto regex = Regex::compile(pattern);
  if (!regex) return regex.error().message;
  RegexScratch scratch;
  std::vector<ByteRange> matches;
  regex->find_all(text, scratch, matches);
  std::string shown;
  for (const auto& m : matches) shown += fmt::format("[{}]", text.substr(m.begin, m.end - m.begin));
  return shown;
}

struct Case {
  std::string_view pattern, text, expected;
};

// The answers are those of Hugging Face tokenizers 0.23.3, but for empty matches, which it does not show.
TEST(Regex, golden_matches) {
  const Case cases[] = {
      {R"('s|'t| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", "it's  2 fast!\n\n x",
       "[it]['s][ ][ 2][ fast][!][\n\n][ x]"},
      {"(?<=a+)b", "aabab", "[b][b]"},
      {"(?<=a|bc)x", "axbcx", "[x][x]"},
      {"(?<!a|bc)x", "bcxcx", "[x]"},
      {"a{2}?b", "b", "[b]"},
      {"a{1,2}+", "aaaaa", "[aaaaa]"},
      {"x{3,1}x", "xxx", ""},
      {"(?>a*)a", "aaa", ""},
      {"(?:a|ab)(?>c|bcd)d", "abcdd", "[abcdd]"},
      {"(?:|a)*b", "aab", "[aab]"},
      {"(?i)ss", "\u00dfSSs\u1e9e", "[\u00df][SS][\u1e9e]"},
      {"(?i)[\u00df]", "ssa\u00df", "[ss][\u00df]"},
      {"(?i)'s", "'\u017f", "['\u017f]"},
      {"a(?i)b|c", "aCCaB", "[aC][aB]"},
      {"^b", "b\nb\n", "[b][b]"},
      {"a$", "a\nab", "[a]"},
      {R"(\n\Z)", "a\n\n", "[\n][\n]"},
      {R"([\w&&[^a]])", "ab", "[b]"},
      {R"(\w+)", "a\u00b2\u00bd\u2460", "[a\u00b2\u00bd]"},
      {R"([\w]+)", "a\u00b2", "[a]"},
      {R"(a\b)", "a\u00b2a", "[a]"},
      {"[]a-]+", "]a-b", "[]a-]"},
      {R"(\R)", "a\r\nb\n", "[\r\n][\n]"},
      {R"(\x{1F600}|\u00e9|\xc3\x89)", "\U0001f600\u00e9\u00c9", "[\U0001f600][\u00e9][\u00c9]"},
      {"x*", "axb", "[][x][]"},
      {"", "ab", "[][][]"},
  };
  for (const auto& c : cases) EXPECT_EQ(split(c.pattern, c.text), c.expected) << c.pattern;
}

TEST(Regex, errors_name_the_byte_and_what_is_not_built) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"(a)\\1", "byte 3: \"\\1\": a back reference"},
      {"ab\\k<n>", "byte 2: \"\\k<n>\": a back reference"},
      {"(?<n>a)\\g<n>", "a call of a group"},
      {"(?~ab)", "absent operators"},
      {"(?(1)a|b)", "conditions"},
      {"(?{x})", "a callout"},
      {"(*FAIL)", "a callout"},
      {"a\\Kb", "keep"},
      {"\\X", "text segments"},
      {"\\p{Foo}", "the property \"Foo\" is not known"},
      {"(?<=(?>a))b", "possessive quantifier in a look-behind"},
      {"(?<=(?=a))b", "look-ahead in a look-behind"},
      {"(?W)a", "options other than i, m and x"},
      {"a(", "byte 1: \"(\": is not closed"},
      {"a)", "byte 1: \")\": closes nothing"},
      {"[a", "has no ]"},
      {"[z-a]", "has a range from high to low"},
      {"*a", "repeats nothing"},
      {"^*", "is a place, which cannot be repeated"},
      {"a{100001}", "repeats too often"},
      {"\\", "ends the pattern"},
      {"\\xe9", "is no character in UTF-8"},
      {"\xff", "is not UTF-8"},
  };
  for (const auto& [pattern, expected] : cases)
    EXPECT_NE(split(pattern, "").find(expected), std::string::npos) << pattern << " gave: " << split(pattern, "");
}

std::string times(std::string_view part, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += part;
  return text;
}

TEST(Regex, hostile_patterns_are_compiled_or_refused) {
  std::vector<std::string> patterns = {times("a", 10 << 20),
                                       times("(", 50'000),
                                       times("(?:", 20'000) + times(")", 20'000),
                                       times("[", 60'000),
                                       "(?:(?:(?:(?:a{1,1000}){1,1000}){1,1000}){1,1000})",
                                       "(?:(?:(?:){1000}){1000}){1000}",
                                       "a{50000}b{50000}",
                                       times("(?:a*", 90) + times(")*", 90),
                                       times("(?:a?", 90) + times("){3}", 90),
                                       times("(?<=a)", 20),
                                       times("a", 1) + times("**", 5'000),
                                       times("(?i)", 1) + times("[\\w]", 13'000),
                                       times("(?i)", 1) + times("s", 60'000),
                                       times("\\p{L}", 10'000)};
  for (char32_t c = 0x100; c < 0x100 + 2000; ++c) {
    if (c == 0x100) patterns.emplace_back();
    patterns.back() +=
        fmt::format("[\\x{{{:x}}}-\\x{{{:x}}}]|", static_cast<uint32_t>(c), static_cast<uint32_t>(c) + 7);
  }
  for (const auto& pattern : patterns) {
    const auto regex = Regex::compile(pattern);
    if (!regex) {
      EXPECT_FALSE(regex.error().message.empty()) << pattern.substr(0, 40);
    }
  }
  EXPECT_FALSE(Regex::compile(patterns[0]));
}

// A backtracking matcher takes quadratic or exponential time here: hours, which ctest does not wait for.
TEST(Regex, ends_where_backtracking_does_not) {
  const std::tuple<std::string, std::string, std::string> families[] = {
      {"(a*)*b", "a", ""},          {"(?:a|a)*b", "a", ""},          {"(?:a|aa)+$x", "a", ""},
      {"a*a*a*a*c", "a", "b"},      {"(?>a*)b|c", "a", ""},          {"a*+b", "a", ""},
      {"(?=.*x)a", "a", ""},        {"(?<=b.*)a", "a", ""},          {"\\s+$|\\S", " ", "x"},
      {"\\s+(?!\\S)|\\S", " ", ""}, {".*?,.*?,.*?;", "a,", ""},      {"(?:a{1,40}){1,40}b", "a", ""},
      {"[a-z]+[0-9]", "abc", ""},   {"(?i)(?:ss|\u00df)*x", "s", ""}};
  for (const auto& [pattern, part, end] : families) {
    const auto regex = Regex::compile(pattern);
    ASSERT_TRUE(regex) << regex.error().message;
    RegexScratch scratch;
    std::vector<ByteRange> matches;
    const size_t length = 500'000;
    regex->find_all(times(part, length / part.size()) + end, scratch, matches);
    EXPECT_LE(matches.size(), length + 1) << pattern;
  }
}

// Windows of a long text join without a seam.
TEST(Regex, long_texts_match_as_short_ones_do) {
  const auto regex = Regex::compile("(?<=x)a{1,300}|(?:b+(?=c)|\\p{L})|\\s+(?!\\S)|\\s+");
  ASSERT_TRUE(regex);
  const std::string part = "xaaaa bbbbbc  \u4e2d\n" + times("a", 700) + "x" + times("a", 299) + " bb ";
  RegexScratch scratch;
  std::vector<ByteRange> one, all;
  regex->find_all(part + "y", scratch, one);
  const size_t count = 2'000;
  regex->find_all(times(part, count), scratch, all);
  one.pop_back();
  ASSERT_EQ(all.size(), one.size() * count);
  for (size_t i = 0; i < all.size(); ++i) {
    const auto shift = static_cast<uint32_t>(i / one.size() * part.size());
    ASSERT_EQ(all[i].begin, one[i % one.size()].begin + shift) << i;
    ASSERT_EQ(all[i].end, one[i % one.size()].end + shift) << i;
  }
}

}  // namespace
}  // namespace weir
