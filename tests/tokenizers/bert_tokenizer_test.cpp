#include <filesystem>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/golden/temp_dir.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A complete small tokenizer.json; tests break one thing in it.
nlohmann::json small() {
  return nlohmann::json::parse(R"({
    "version": "1.0",
    "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
    "padding": {"strategy": {"Fixed": 128}, "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
    "added_tokens": [
      {"id": 1, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
      {"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
      {"id": 3, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
    "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 8,
      "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "play": 4, "##ing": 5, "##s": 6, ",": 7, "cafe": 8, "中": 9}}})");
}

struct BertTokenizerTest : testing::Test {
  golden::TempDir dir;

  Result<std::shared_ptr<const Tokenizer>> load(const nlohmann::json& json) {
    dir.write("tokenizer.json", json.dump());
    return Tokenizer::load(dir.path());
  }
  std::string error_of(const nlohmann::json& json) {
    auto loaded = load(json);
    return loaded ? "loaded" : loaded.error().message;
  }
  static std::vector<int32_t> ids(const Tokenizer& tokenizer, std::string_view text,
                                  std::optional<std::string_view> pair = {}, EncodeOptions options = {}) {
    Scratch scratch;
    TokenBuffer out;
    std::vector<Piece> pieces;
    EXPECT_TRUE(tokenizer.encode(text, pair, options, scratch, out, pieces));
    return out.ids;
  }
};

TEST_F(BertTokenizerTest, words_pieces_punctuation_accents_and_chinese) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT(ids(**loaded, "Playing, plays Café中xyz"), ElementsAre(2, 4, 5, 7, 4, 6, 8, 9, 1, 3));
  EXPECT_THAT(ids(**loaded, ""), ElementsAre(2, 3));
  EXPECT_THAT(ids(**loaded, "playingsing"), ElementsAre(2, 1, 3)) << "longer than a word may be";
  EXPECT_THAT(ids(**loaded, "play[SEP]plays"), ElementsAre(2, 4, 3, 4, 6, 3));
}

TEST_F(BertTokenizerTest, the_files_own_truncation_and_padding_do_not_count) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(ids(**loaded, "play play play play play play").size(), 8u);
}

TEST_F(BertTokenizerTest, pairs_have_types_and_truncation_counts_what_it_drops) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded);
  Scratch scratch;
  TokenBuffer out;
  std::vector<Piece> pieces;
  EncodeOptions options;
  options.max_tokens = 6;
  ASSERT_TRUE((*loaded)->encode("play play play", "cafe cafe cafe", options, scratch, out, pieces));
  EXPECT_THAT(out.ids, ElementsAre(2, 4, 3, 8, 8, 3));
  EXPECT_THAT(out.type_ids, ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_EQ(pieces[0].dropped, 3u);
}

TEST_F(BertTokenizerTest, a_text_after_a_pair_gets_type_ids_too) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded);
  Scratch scratch;
  TokenBuffer out;
  std::vector<Piece> pieces;
  ASSERT_TRUE((*loaded)->encode("play", std::nullopt, {}, scratch, out, pieces));
  EXPECT_TRUE(out.type_ids.empty());
  ASSERT_TRUE((*loaded)->encode("play", "play", {}, scratch, out, pieces));
  ASSERT_TRUE((*loaded)->encode("play", std::nullopt, {}, scratch, out, pieces));
  EXPECT_THAT(out.type_ids, ElementsAre(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0));
}

TEST_F(BertTokenizerTest, work_stops_where_tokens_cannot_stay) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded);
  std::string text;
  for (int i = 0; i < 100; ++i) text += i % 3 == 0 ? "playing, [SEP]" : "Café plays ";
  for (uint32_t limit = 2; limit < 40; ++limit)
    for (const bool offsets : {false, true}) {
      Scratch scratch;
      TokenBuffer out[2];
      std::vector<Piece> pieces;
      EncodeOptions options;
      options.offsets = offsets;
      options.max_tokens = limit;
      ASSERT_TRUE((*loaded)->encode(text, std::nullopt, options, scratch, out[0], pieces));
      options.count_dropped = false;
      ASSERT_TRUE((*loaded)->encode(text, std::nullopt, options, scratch, out[1], pieces));
      EXPECT_EQ(out[0].ids, out[1].ids);
      EXPECT_EQ(out[0].offsets, out[1].offsets);
      EXPECT_GT(pieces[0].dropped, pieces[1].dropped);
      EXPECT_GE(pieces[1].dropped, 1u);
    }
}

TEST_F(BertTokenizerTest, windows_of_no_end_are_refused) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded);
  std::string text;
  while (text.size() < 100'000) text += "play ";
  Scratch scratch;
  TokenBuffer out;
  std::vector<Piece> pieces;
  EncodeOptions options;
  options.max_tokens = 103;
  options.window_stride = 49;
  const auto done = (*loaded)->encode(text, text, options, scratch, out, pieces);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("19951 times 19951 windows would have"));
  EXPECT_TRUE(out.ids.empty() && pieces.empty());
}

TEST_F(BertTokenizerTest, invalid_utf8_is_replaced_and_flagged) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded);
  Scratch scratch;
  TokenBuffer out;
  std::vector<Piece> pieces;
  ASSERT_TRUE((*loaded)->encode("play \xff play", std::nullopt, {}, scratch, out, pieces));
  EXPECT_TRUE(pieces[0].replaced_utf8);
  EXPECT_EQ(out.ids.front(), 2);
}

TEST_F(BertTokenizerTest, a_million_bytes_without_a_blank_are_one_unknown_word) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded);
  EXPECT_THAT(ids(**loaded, std::string(1'000'000, 'x')), ElementsAre(2, 1, 3));
}

TEST_F(BertTokenizerTest, vocab_txt_alone_makes_the_same_tokenizer) {
  dir.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nplay\n##ing\n##s\n,\ncafe\n");
  dir.write("tokenizer_config.json", R"({"do_lower_case": true, "model_max_length": 512})");
  auto loaded = Tokenizer::load(dir.path());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT(ids(**loaded, "Playing, Café"), ElementsAre(2, 4, 5, 7, 8, 3));
  EXPECT_EQ((*loaded)->model_max_length(), 512u);
}

TEST_F(BertTokenizerTest, errors_name_file_place_and_what_is_wrong) {
  struct Broken {
    std::function<void(nlohmann::json&)> change;
    const char* says;
  };
  const std::vector<Broken> all{
      {[](auto& j) {
         j["normalizer"] = {{"type", "Nonsense"}};
       },
       "tokenizer.json: /normalizer/type: the normalizer 'Nonsense' is not built"},
      {[](auto& j) {
         j["pre_tokenizer"] = {{"type", "Nonsense"}};
       },
       "/pre_tokenizer/type: the pre-tokenizer 'Nonsense'"},
      {[](auto& j) {
         j["post_processor"] = {{"type", "Nonsense"}};
       },
       "/post_processor/type: the post-processor 'Nonsense'"},
      {[](auto& j) { j["model"]["type"] = "Nonsense"; }, "/model/type: the model 'Nonsense' is not known"},
      {[](auto& j) { j["model"]["unk_token"] = "[NOT]"; },
       "/model/unk_token: the unknown token '[NOT]' is not in the vocabulary"},
      {[](auto& j) { j["model"]["vocab"]["play"] = "four"; }, "/model/vocab/play: is \"four\""},
      {[](auto& j) { j["model"]["vocab"]["play"] = -1; }, "/model/vocab/play"},
      {[](auto& j) { j["model"]["vocab"]["play"] = 2'000'000'000; }, "token 'play' has id 2000000000"},
      {[](auto& j) { j["model"]["vocab"]["play"] = 5; }, "id 5 belongs to"},
      {[](auto& j) { j["model"]["vocab"] = nlohmann::json::array(); }, "/model/vocab: is [], should be an object"},
      {[](auto& j) { j["model"]["max_input_chars_per_word"] = 0; }, "/model/max_input_chars_per_word: is 0"},
      {[](auto& j) { j["added_tokens"][1]["id"] = nullptr; }, "/added_tokens/1/id: is null"},
      {[](auto& j) { j["added_tokens"] = "none"; }, "/added_tokens: is \"none\""},
      {[](auto& j) { j["post_processor"]["sep"] = {"[SEP]"}; }, "/post_processor/sep"},
      {[](auto& j) { j.erase("model"); }, "/model: is null"},
  };
  for (const auto& broken : all) {
    auto json = small();
    broken.change(json);
    EXPECT_THAT(error_of(json), HasSubstr(broken.says));
  }
  dir.write("tokenizer.json", small().dump().substr(0, 700));
  auto cut = Tokenizer::load(dir.path());
  ASSERT_FALSE(cut);
  EXPECT_THAT(cut.error().message, HasSubstr("tokenizer.json: is no JSON"));
}

TEST_F(BertTokenizerTest, a_directory_without_a_tokenizer_says_so) {
  auto loaded = Tokenizer::load(dir.path());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::not_found);
  EXPECT_THAT(loaded.error().message, HasSubstr("neither tokenizer.json nor vocab.txt"));
}

TEST_F(BertTokenizerTest, threads_share_one_tokenizer) {
  auto loaded = load(small());
  ASSERT_TRUE(loaded);
  const auto expected = ids(**loaded, "Playing, plays Café");
  std::vector<std::thread> threads;
  std::vector<int> equal(4, 0);
  for (size_t t = 0; t < equal.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) equal[t] += ids(**loaded, "Playing, plays Café") == expected ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(equal, std::vector<int>(4, 200));
}

}  // namespace
}  // namespace weir
