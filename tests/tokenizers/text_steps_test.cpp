// What each normalizer and pre-tokenizer makes of a text equals what Hugging Face tokenizers makes of it, on every
// string that text_steps.py makes.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/tokenizers/case_reader.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/normalizers/read_normalizer.hpp"
#include "tokenizers/pre_tokenizers/read_pre_tokenizer.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

struct Steps {
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> pre_tokenizer;
  bool by_character = false;  // there is no pre-tokenizer: each code point is a word
};

struct Word {
  std::string_view text;
  TokenSpan span;
};

// Each byte's code point.
std::vector<TokenSpan> trace(std::string_view text) {
  std::vector<TokenSpan> origins;
  uint32_t characters = 0;
  for (char byte : text) {
    characters += !utf8::is_continuation(byte);
    origins.push_back({characters - 1, characters});
  }
  return origins;
}

std::string shown(const std::vector<Word>& words) {
  std::string text;
  for (const auto& word : words) text += fmt::format(" [{}]{}-{}", word.text, word.span.begin, word.span.end);
  return text;
}

class TextStepsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* set = std::getenv("WEIR_CACHE");
    const std::string python = (set ? set : std::string(WEIR_SOURCE_DIR) + "/.cache") + "/venv/bin/python";
    ASSERT_TRUE(std::filesystem::exists(python)) << python << " is missing: run tools/setup --for test";
    folder = std::filesystem::temp_directory_path() / fmt::format("weir-text-steps-{}", ::getpid());
    const auto command =
        fmt::format("{} {}/tests/tokenizers/text_steps.py {}", python, WEIR_SOURCE_DIR, folder.string());
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder); }

  void load() {
    const auto root = JsonAt::open(folder / "steps.json");
    ASSERT_TRUE(root && *root);
    const size_t count = (*root)->array_size().value();
    for (size_t i = 0; i < count; ++i) {
      const auto part = (**root)[i];
      auto normalizer = read_normalizer(part["normalizer"]);
      ASSERT_TRUE(normalizer) << normalizer.error().message;
      auto pre_tokenizer = read_pre_tokenizer(part["pre_tokenizer"]);
      ASSERT_TRUE(pre_tokenizer) << pre_tokenizer.error().message;
      steps_.push_back({std::move(*normalizer), std::move(*pre_tokenizer), part["pre_tokenizer"].is_null()});
    }
  }

  // The words of `text`, where they stand only when `traced`. Views into the buffers.
  std::vector<Word> words_of(const Steps& steps, TextView text) {
    auto& words = buffers_.words;
    if (steps.normalizer && steps.normalizer->apply(text, buffers_, buffers_.normalized))
      text = buffers_.normalized.view();
    words.text = text;
    words.words.clear();
    words.at_start = true;
    const auto size = static_cast<uint32_t>(text.text.size());
    if (!steps.by_character) {
      if (size > 0) words.words.push_back({0, size});
      if (steps.pre_tokenizer) steps.pre_tokenizer->apply(words, buffers_);
    } else {
      for (const char* p = text.text.data(); p < text.text.data() + size;) {
        const auto begin = static_cast<uint32_t>(p - text.text.data());
        utf8::next(p);
        words.words.push_back({begin, static_cast<uint32_t>(p - text.text.data())});
      }
    }
    std::vector<Word> found;
    for (const auto [begin, end] : words.words) {
      const auto word = words.text.sub(begin, end);
      const bool traced = word.traced();
      found.push_back(
          {word.text, traced ? TokenSpan{word.origins.front().begin, word.origins.back().end} : TokenSpan{}});
    }
    return found;
  }

  // What is wrong with what we make of a text; empty when nothing is.
  std::string compare(const Steps& steps, std::string_view text, const std::vector<Word>& expected) {
    const auto differ = [](const Word& a, const Word& b, bool spans) {
      return a.text != b.text || (spans && !(a.span == b.span));
    };
    const auto origins = trace(text);
    for (const bool traced : {false, true}) {
      const auto found = words_of(steps, {text, traced ? std::span(origins) : std::span<const TokenSpan>()});
      bool same = found.size() == expected.size();
      for (size_t i = 0; same && i < found.size(); ++i) same = !differ(found[i], expected[i], traced);
      if (!same) return fmt::format("{}{}\n expected{}", traced ? "traced" : "", shown(found), shown(expected));
    }
    return "";
  }

  static inline std::filesystem::path folder;
  std::vector<Steps> steps_;
  EncodeBuffers buffers_;
};

TEST_F(TextStepsTest, equal_hugging_face) {
  if (HasFatalFailure()) return;
  load();
  if (HasFatalFailure()) return;
  std::ifstream in(folder / "cases.bin", std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  CaseReader reader(bytes);
  std::vector<size_t> wrong(steps_.size());
  size_t cases = 0;
  for (; !reader.at_end(); ++cases) {
    const auto which = reader.number<uint16_t>();
    const auto text = reader.text();
    std::vector<Word> expected(reader.number<uint32_t>());
    for (auto& word : expected) {
      word.text = reader.text();
      word.span.begin = reader.number<uint32_t>();
      word.span.end = reader.number<uint32_t>();
    }
    const auto& steps = steps_.at(which);
    const auto complaint = compare(steps, text, expected);
    if (complaint.empty() || ++wrong[which] > 2) continue;
    ADD_FAILURE() << "case " << cases << ": " << (steps.normalizer ? steps.normalizer->describe() : "-") << " / "
                  << (steps.pre_tokenizer ? steps.pre_tokenizer->describe() : "-") << ": text \""
                  << testing::PrintToString(std::string(text)) << "\": " << complaint.substr(0, 1500);
  }
  for (size_t i = 0; i < wrong.size(); ++i) EXPECT_EQ(wrong[i], 0u) << "step " << i;
  EXPECT_GE(cases, 100'000u);
}

}  // namespace
}  // namespace weir
