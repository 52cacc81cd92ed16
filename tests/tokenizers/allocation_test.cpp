// A text whose like was encoded before allocates nothing.
#include <cctype>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/fakes/counted_allocations.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

class Allocations : public testing::TestWithParam<const char*> {};

TEST_P(Allocations, encoding_makes_none) {
  const char* cache = std::getenv("WEIR_CACHE");
  const std::filesystem::path root = cache != nullptr ? cache : WEIR_SOURCE_DIR "/.cache";
  const auto loaded = Tokenizer::load(root / GetParam());
  ASSERT_TRUE(loaded) << loaded.error().message << ": run tools/setup --for test";
  const std::string texts[] = {
      "The quick brown fox, it's 12,345 years old; don't ask <s> [SEP] <|endoftext|> why!\n\n  def f(x):\n\treturn x",
      "Fußgängerübergänge 中文字符和 日本語 テキスト, русский текст — नमस्ते दुनिया, 안녕하세요 "
      "\U0001F600\U0001F468\u200D\U0001F469",
      "a\xff broken \xe4\xb8 text, e\u0301 and \u0301 alone, " + std::string(500, 'x') + " \u00a0 \u3000 end"};
  Scratch scratch;
  TokenBuffer out;
  std::vector<Piece> pieces;
  size_t before = 0;
  for (int round = 0; round < 4; ++round) {
    if (round == 2) before = test::allocations();
    out.clear();
    pieces.clear();
    for (const auto& text : texts) {
      EncodeOptions options;
      ASSERT_TRUE((*loaded)->encode(text, std::nullopt, options, scratch, out, pieces));
      ASSERT_TRUE((*loaded)->encode(text, texts[0], options, scratch, out, pieces));
      options.max_tokens = 20;
      ASSERT_TRUE((*loaded)->encode(text, std::nullopt, options, scratch, out, pieces));
      options.window_stride = 2;
      ASSERT_TRUE((*loaded)->encode(text, std::nullopt, options, scratch, out, pieces));
    }
  }
  EXPECT_GT(before, 0u) << "nobody counts";
  EXPECT_EQ(test::allocations() - before, 0u);
}

INSTANTIATE_TEST_SUITE_P(RealModels, Allocations,
                         testing::Values("models/all-MiniLM-L6-v2", "tokenizers/gpt-2", "tokenizers/clip",
                                         "tokenizers/llama-2", "tokenizers/llama-3", "tokenizers/qwen-3",
                                         "tokenizers/deepseek-v4", "tokenizers/gpt-4o", "tokenizers/gemma",
                                         "tokenizers/xlm-roberta"),
                         [](const auto& given) {
                           std::string name = given.param;
                           for (auto& c : name)
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           return name;
                         });

}  // namespace
}  // namespace weir
