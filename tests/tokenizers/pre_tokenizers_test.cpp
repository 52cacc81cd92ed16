#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/pre_tokenizers/bert_pre_tokenizer.hpp"
#include "tokenizers/pre_tokenizers/read_pre_tokenizer.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

class PreTokenizersTest : public testing::Test {
 protected:
  ~PreTokenizersTest() override { std::filesystem::remove(file_); }

  Result<std::unique_ptr<PreTokenizer>> read(const std::string& json) {
    std::ofstream(file_) << json;
    return read_pre_tokenizer(JsonAt::open(file_).value().value());
  }

  // The words with a bar between them, or the error.
  std::string split(const std::string& json, const std::string& text, bool at_start = true) {
    const auto pre_tokenizer = read(json);
    if (!pre_tokenizer) return pre_tokenizer.error().message;
    EncodeBuffers buffers;
    Words& words = buffers.words;
    words.text = {text, {}};
    words.at_start = at_start;
    words.words = {{0, static_cast<uint32_t>(text.size())}};
    (*pre_tokenizer)->apply(words, buffers);
    std::vector<std::string> found;
    for (const auto [begin, end] : words.words) found.emplace_back(words.text.text.substr(begin, end - begin));
    return fmt::format("{}", fmt::join(found, "|"));
  }

  const std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / fmt::format("weir-pre-tokenizers-{}.json", ::getpid());
};

TEST_F(PreTokenizersTest, characters_that_split) {
  const auto punctuation = [](const char* behavior) {
    return fmt::format(R"({{"type": "Punctuation", "behavior": "{}"}})", behavior);
  };
  EXPECT_EQ(split(punctuation("Removed"), "a,,b. c!?"), "a|b| c");
  EXPECT_EQ(split(punctuation("Isolated"), "a,,b. c!?"), "a|,|,|b|.| c|!|?");
  EXPECT_EQ(split(punctuation("MergedWithPrevious"), "a,,b. c!?"), "a,|,|b.| c!|?");
  EXPECT_EQ(split(punctuation("MergedWithNext"), "a,,b. c!?"), "a|,|,b|. c|!|?");
  EXPECT_EQ(split(punctuation("Contiguous"), "a,,b. c!?"), "a|,,|b|.| c|!?");
  EXPECT_EQ(split(R"({"type": "Digits", "individual_digits": true})", "ab12c\uff13"), "ab|1|2|c|\uff13");
  EXPECT_EQ(split(R"({"type": "Digits", "individual_digits": false})", "ab12c\uff13"), "ab|12|c|\uff13");
  EXPECT_EQ(split(R"({"type": "WhitespaceSplit"})", " a\u3000b-c\n"), "a|b-c");
  EXPECT_EQ(split(R"({"type": "CharDelimiterSplit", "delimiter": "x"})", "axxbx"), "a|b");
}

TEST_F(PreTokenizersTest, other_splits) {
  EXPECT_EQ(split(R"({"type": "Whitespace"})", "it's \u00e9t\u00e9... \u4e2d\u6587!"),
            "it|'|s|\u00e9t\u00e9|...|\u4e2d\u6587|!");
  EXPECT_EQ(split(R"({"type": "FixedLength", "length": 3})", "ab\u00e9cdefg"), "ab\u00e9|cde|fg");
  EXPECT_EQ(split(R"({"type": "UnicodeScripts"})", "  hello \u043c\u0438\u0440 \u6f22\u5b57\u304b\u306a\u3001a1"),
            "hello |\u043c\u0438\u0440 |\u6f22\u5b57\u304b\u306a|\u3001|a|1");
  EXPECT_EQ(split(R"({"type": "UnicodeScripts"})", "   "), "");
}

TEST_F(PreTokenizersTest, metaspace_marks_blanks) {
  const auto metaspace = [](const char* scheme, bool cuts) {
    return fmt::format(R"({{"type": "Metaspace", "replacement": "_", "prepend_scheme": "{}", "split": {}}})", scheme,
                       cuts);
  };
  EXPECT_EQ(split(metaspace("always", true), "a  b"), "_a|_|_b");
  EXPECT_EQ(split(metaspace("always", false), " a b"), "_a_b");
  EXPECT_EQ(split(metaspace("never", true), "a_b c"), "a|_b|_c");
  EXPECT_EQ(split(metaspace("first", true), "a b"), "_a|_b");
  EXPECT_EQ(split(metaspace("first", true), "a b", false), "a|_b");
  EXPECT_EQ(split(R"({"type": "Metaspace", "replacement": "_", "add_prefix_space": true})", "a"), "_a");
  const std::string words = R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, )";
  EXPECT_EQ(split(words + metaspace("always", true) + "]}", "a b"), "_a|_b");
  EXPECT_EQ(split(words + metaspace("first", true) + "]}", "a b"), "_a|b");
}

TEST_F(PreTokenizersTest, broken_parts_are_refused_by_name) {
  using testing::HasSubstr;
  EXPECT_THAT(split(R"({"type": "Nope"})", ""), HasSubstr("'Nope'"));
  EXPECT_THAT(split(R"({"type": "Digits"})", ""), HasSubstr("/individual_digits"));
  EXPECT_THAT(split(R"({"type": "FixedLength", "length": 0})", ""), HasSubstr("/length"));
  EXPECT_THAT(split(R"({"type": "CharDelimiterSplit", "delimiter": "ab"})", ""), HasSubstr("one character"));
  EXPECT_THAT(split(R"({"type": "Punctuation", "behavior": "Bad"})", ""), HasSubstr("/behavior"));
  EXPECT_THAT(split(R"({"type": "Metaspace", "replacement": "_", "add_prefix_space": false})", ""),
              HasSubstr("/add_prefix_space"));
  EXPECT_THAT(split(R"({"type": "Sequence"})", ""), HasSubstr("/pretokenizers"));
}

// Character by character.
std::vector<std::string> bert_words(const std::string& text) {
  std::vector<std::string> words{""};
  for (const char* p = text.data(); p < text.data() + text.size();) {
    const char* const from = p;
    const uint8_t flags = unicode::flags(utf8::next(p));
    if (flags & (unicode::whitespace | unicode::punct)) words.emplace_back();
    if (flags & unicode::whitespace) continue;
    words.back().append(from, p);
    if (flags & unicode::punct) words.emplace_back();
  }
  std::erase(words, "");
  return words;
}

// Once per instruction set that this processor has.
struct BertWordsTest : testing::TestWithParam<int64_t> {
  BertWordsTest() { hwy::SetSupportedTargetsForTest(GetParam() | HWY_STATIC_TARGET); }
  ~BertWordsTest() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(BertWordsTest, are_found_wherever_blocks_end) {
  const char* const parts[] = {
      "a",      "a",      "Z9",         "word",         " ",      " ",      "\t\n",   ",",      "!",
      "\x01",   "\x7f",   "\u00e9",     "\u0436\u0437", "\u4e2d", "\u3000", "\u2028", "\u00a0", "\u2014",
      "\u3002", "\u00bf", "\U0001F600", "\U00010100"};
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const size_t variety = round % 3 == 0 ? 11 : std::size(parts);
    for (size_t size = random() % (round % 4 == 0 ? 8 : 300); text.size() < size;) text += parts[random() % variety];
    if (text.empty()) continue;
    EncodeBuffers buffers;
    Words& words = buffers.words;
    words.text = {text, {}};
    words.words = {{0, static_cast<uint32_t>(text.size())}};
    BertPreTokenizer().apply(words, buffers);
    std::vector<std::string> found;
    for (const auto [begin, end] : words.words) found.push_back(text.substr(begin, end - begin));
    ASSERT_EQ(found, bert_words(text)) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(, BertWordsTest, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& target) { return hwy::TargetName(target.param); });

}  // namespace
}  // namespace weir
