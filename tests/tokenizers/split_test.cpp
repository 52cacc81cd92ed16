#include "tokenizers/pre_tokenizers/split.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/pre_tokenizers/byte_level.hpp"

namespace weir {
namespace {

// A JSON text as a value with its place.
JsonAt json_of(std::string_view text) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("weir-split-{}.json", getpid());
  std::ofstream(path) << text;
  auto json = JsonAt::open(path);
  std::filesystem::remove(path);
  return std::move(**json);
}

std::string words_of(const PreTokenizer& pre_tokenizer, std::string_view text, bool origins = false) {
  NormalizedText source{std::string(text), {}};
  if (origins) {
    uint32_t at = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      if (i > 0 && (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++at;
      source.origins.push_back({at, at + 1});
    }
  }
  EncodeBuffers buffers;
  Words words;
  words.text = source.view();
  if (!text.empty()) words.words.push_back({0, static_cast<uint32_t>(text.size())});
  pre_tokenizer.apply(words, buffers);
  std::string shown;
  for (const auto word : words.words) {
    shown += fmt::format("[{}]", words.text.text.substr(word.begin, word.end - word.begin));
    if (origins)
      shown += fmt::format("{}-{} ", words.text.origins[word.begin].begin, words.text.origins[word.end - 1].end);
  }
  return shown;
}

std::string split(std::string_view pattern, std::string_view behavior, bool invert, std::string_view text) {
  const auto made = make_split(json_of(
      fmt::format(R"({{"type":"Split","pattern":{},"behavior":"{}","invert":{}}})", pattern, behavior, invert)));
  if (!made) return made.error().message;
  return words_of(**made, text);
}

TEST(Split, behaviors_as_hugging_face) {
  const auto string = R"({"String":"-"})";
  const auto text = "-a--bc-d--";
  EXPECT_EQ(split(string, "Removed", false, text), "[a][bc][d]");
  EXPECT_EQ(split(string, "Removed", true, text), "[-][-][-][-][-][-]");
  EXPECT_EQ(split(string, "Isolated", false, text), "[-][a][-][-][bc][-][d][-][-]");
  EXPECT_EQ(split(string, "MergedWithPrevious", false, text), "[-][a-][-][bc-][d-][-]");
  EXPECT_EQ(split(string, "MergedWithPrevious", true, text), "[-a][-][-bc][-d][-][-]");
  EXPECT_EQ(split(string, "MergedWithNext", false, text), "[-a][-][-bc][-d][-][-]");
  EXPECT_EQ(split(string, "MergedWithNext", true, text), "[-][a-][-][bc-][d-][-]");
  EXPECT_EQ(split(string, "Contiguous", false, text), "[-][a][--][bc][-][d][--]");
  EXPECT_EQ(split(R"({"Regex":"[bc]"})", "Contiguous", true, text), "[-a--][bc][-d--]");
  EXPECT_EQ(split(R"({"String":""})", "Isolated", false, "a\u00e9"), "[a][\u00e9]");
  EXPECT_EQ(split(R"({"String":"-"})", "Isolated", false, ""), "");
}

TEST(Split, errors_name_the_place) {
  EXPECT_NE(split(R"({"Regex":"(a)\\1"})", "Removed", false, "").find("/pattern/Regex: regular expression, byte 3"),
            std::string::npos);
  EXPECT_NE(split(R"({"String":1})", "Removed", false, "").find("/pattern/String"), std::string::npos);
  EXPECT_NE(split(R"({})", "Removed", false, "").find("/pattern/String"), std::string::npos);
  EXPECT_NE(split(R"({"String":"a"})", "removed", false, "").find("/behavior"), std::string::npos);
}

TEST(Split, machines_serve_only_behaviors_whose_words_they_know) {
  const auto clip = R"({"Regex":"'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"})";
  EXPECT_EQ(split(clip, "Removed", true, "it's  a12!"), "[it]['s][a][1][2][!]");
  EXPECT_EQ(split(clip, "Isolated", false, "it's  a12!"), "[it]['s][  ][a][1][2][!]");
  EXPECT_EQ(split(clip, "Removed", false, "it's  a12!"), "[  ]");
}

TEST(Split, three_splits_of_deepseek_become_one) {
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  for (const auto* expression :
       {R"(\p{N}{1,3})", "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| "
        "?[\\p{P}\\p{S}]+[\r\n]*|"
        "\\s*[\r\n]+|\\s+(?!\\S)|\\s+"})
    steps.push_back(*make_pattern_split(expression, SplitBehavior::isolated, false));
  steps.push_back(*make_pattern_split("x", SplitBehavior::isolated, false));
  EncodeBuffers buffers;
  const std::string_view text = "a\u4e2d1234 b.c\n";
  Words words;
  for (const bool joined : {false, true}) {
    if (joined) join_splits(steps);
    EXPECT_EQ(steps.size(), joined ? 2u : 4u);
    words.text = {text, {}};
    words.words = {{0, static_cast<uint32_t>(text.size())}};
    for (const auto& step : steps) step->apply(words, buffers);
    std::string shown;
    for (const auto word : words.words) shown += fmt::format("[{}]", text.substr(word.begin, word.end - word.begin));
    EXPECT_EQ(shown, "[a][\u4e2d][123][4][ b][.c][\n]");
  }
}

std::string byte_level(std::string_view options, ByteForm bytes, std::string_view text) {
  const auto made = make_byte_level(json_of(fmt::format(R"({{"type":"ByteLevel"{}}})", options)), bytes);
  if (!made) return made.error().message;
  return words_of(**made, text, true);
}

TEST(ByteLevel, letters_and_raw_bytes) {
  EXPECT_EQ(byte_level(R"(,"add_prefix_space":false)", ByteForm::letters, "\u00e9b c\n"),
            "[\u00c3\u00a9b]0-2 [\u0120c]2-4 [\u010a]4-5 ");
  EXPECT_EQ(byte_level(R"(,"add_prefix_space":false)", ByteForm::raw, "\u00e9b c\n"), "[\u00e9b]0-2 [ c]2-4 [\n]4-5 ");
  EXPECT_EQ(byte_level("", ByteForm::letters, "\u00e9b's"), "[\u0120\u00c3\u00a9b]0-2 ['s]2-4 ");
  EXPECT_EQ(byte_level("", ByteForm::raw, " a b"), "[ a]0-2 [ b]2-4 ");
  EXPECT_EQ(byte_level(R"(,"use_regex":false)", ByteForm::raw, "a b"), "[ a b]0-3 ");
  EXPECT_NE(byte_level(R"(,"use_regex":3)", ByteForm::raw, "").find("/use_regex"), std::string::npos);
}

}  // namespace
}  // namespace weir
