// What tokenizer_config.json and special_tokens_map.json add to a tokenizer.json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/golden/temp_dir.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct TokenizerConfigTest : testing::Test {
  golden::TempDir dir;

  void SetUp() override {
    dir.write("tokenizer.json", R"({"added_tokens":[{"id":3,"content":"<s>","special":true,"normalized":false}],
      "normalizer":null,"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,"decoder":null,
      "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":9,
      "vocab":{"[UNK]":0,"a":1,"b":2,"<s>":3,"</s>":4}}})");
  }
  Result<std::shared_ptr<const Tokenizer>> load(const std::string& config) {
    dir.write("tokenizer_config.json", config);
    return Tokenizer::load(dir.path());
  }
  std::vector<int32_t> ids(const std::string& config, std::string_view text,
                           std::optional<std::string_view> pair = {}) {
    const auto loaded = load(config);
    EXPECT_TRUE(loaded) << loaded.error().message;
    Scratch scratch;
    TokenBuffer out;
    std::vector<Piece> pieces;
    EXPECT_TRUE((*loaded)->encode(text, pair, {}, scratch, out, pieces));
    return out.ids;
  }
};

// transformers 5.23 leaves the post-processor of tokenizer.json alone.
TEST_F(TokenizerConfigTest, what_stands_around_texts_is_the_post_processors) {
  EXPECT_THAT(ids(R"({"tokenizer_class":"LlamaTokenizer","add_bos_token":true,"add_eos_token":true,"bos_token":"<s>",
                      "eos_token":{"content":"</s>"}})",
                  "a", "b"),
              ElementsAre(1, 2));
}

// As transformers 5.23 was seen to do.
TEST_F(TokenizerConfigTest, special_tokens_map_counts_where_added_tokens_decoder_is_not_there) {
  dir.write("special_tokens_map.json", R"({"sep_token":"<s>"})");
  const auto sep = [this](const std::string& config) {
    const auto loaded = load(config);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return (*loaded)->special_ids().sep;
  };
  EXPECT_EQ(sep("{}"), 3);
  EXPECT_EQ(sep(R"({"sep_token":"</s>"})"), 3);
  const std::string added = R"("added_tokens_decoder":{"3":{"content":"<s>","special":true}})";
  EXPECT_EQ(sep("{" + added + "}"), std::nullopt);
  EXPECT_EQ(sep(R"({"sep_token":"</s>",)" + added + "}"), 4);
}

TEST_F(TokenizerConfigTest, added_tokens_decoder_adds_tokens_and_flags) {
  const std::string config = R"({"added_tokens_decoder":{
    "6":{"content":"two","lstrip":false,"normalized":false,"rstrip":false,"single_word":false,"special":false},
    "5":{"content":"one","lstrip":false,"normalized":false,"rstrip":false,"single_word":true,"special":true},
    "3":{"content":"<s>","lstrip":false,"normalized":false,"rstrip":true,"single_word":false,"special":true}}})";
  EXPECT_THAT(ids(config, "a one two twob oneb <s> b"), ElementsAre(1, 5, 6, 6, 2, 0, 3, 2));
  const auto broken = load(R"({"added_tokens_decoder":{"x":{"content":"one"}}})");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("tokenizer_config.json: /added_tokens_decoder/x"));
}

TEST_F(TokenizerConfigTest, roles_and_the_longest_text_are_known) {
  const auto loaded = load(R"({"model_max_length":512,"bos_token":"<s>","unk_token":"[UNK]","pad_token":null})");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ((*loaded)->model_max_length(), 512u);
  EXPECT_EQ((*loaded)->special_ids().bos, 3);
  EXPECT_EQ((*loaded)->special_ids().eos, std::nullopt);
  EXPECT_EQ((*loaded)->special_ids().unk, 0);
  const auto endless = load(R"({"model_max_length":1000000000000000019884624838656})");
  ASSERT_TRUE(endless) << endless.error().message;
  EXPECT_EQ((*endless)->model_max_length(), std::nullopt);
}

}  // namespace
}  // namespace weir
