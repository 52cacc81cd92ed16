#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/pre_tokenizers/read_pre_tokenizer.hpp"

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

}  // namespace
}  // namespace weir
