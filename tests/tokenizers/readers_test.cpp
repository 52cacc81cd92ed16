// Model directories without tokenizer.json: what cannot be read is refused by place.
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/golden/temp_dir.hpp"
#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/tokenizer.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

struct ReadersTest : testing::Test {
  golden::TempDir dir;

  std::string error() {
    auto loaded = Tokenizer::load(dir.path());
    return loaded ? "loaded" : loaded.error().message;
  }
  std::vector<int32_t> ids(std::string_view text, std::optional<std::string_view> pair = {}) {
    auto loaded = Tokenizer::load(dir.path());
    EXPECT_TRUE(loaded) << loaded.error().message;
    if (!loaded) return {};
    Scratch scratch;
    TokenBuffer out;
    std::vector<Piece> pieces;
    EXPECT_TRUE((*loaded)->encode(text, pair, {}, scratch, out, pieces));
    return out.ids;
  }
};

// The letters of all bytes, and two more tokens.
json byte_vocab() {
  json vocab;
  for (size_t byte = 0; byte < 256; ++byte) {
    std::string letter;
    utf8::append(letter, byte_letters[byte]);
    vocab[letter] = byte;
  }
  vocab["ab"] = 256;
  vocab["Ġab"] = 257;
  return vocab;
}

TEST_F(ReadersTest, vocab_json_and_merges_txt_of_gpt2) {
  dir.write("vocab.json", byte_vocab().dump());
  dir.write("merges.txt", "#version: 0.2\na b\r\nĠ ab\n");
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "GPT2TokenizerFast"})");
  EXPECT_THAT(ids("ab ab<|endoftext|>"), ElementsAre(256, 257, 258));
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": true,
    "add_bos_token": true, "bos_token": {"content": "<s>", "lstrip": false}})");
  EXPECT_THAT(ids("ab", "ab"), ElementsAre(258, 257, 258, 257));
}

TEST_F(ReadersTest, the_model_type_stands_in_for_a_missing_class) {
  dir.write("vocab.json", byte_vocab().dump());
  dir.write("merges.txt", "a b\nĠ ab");
  EXPECT_THAT(error(), HasSubstr("tokenizer_config.json: names no tokenizer_class for vocab.json and merges.txt"));
  dir.write("config.json", R"({"model_type": "roberta"})");
  EXPECT_THAT(ids("ab", "ab"), ElementsAre(258, 256, 259, 259, 256, 259));
}

TEST_F(ReadersTest, broken_vocab_json_and_merges_txt) {
  dir.write("vocab.json", byte_vocab().dump());
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "GPT2Tokenizer"})");
  EXPECT_THAT(error(), HasSubstr("merges.txt: cannot be read"));
  dir.write("merges.txt", "a b\nab\n");
  EXPECT_THAT(error(), HasSubstr("merges.txt:2: should be two tokens with a blank between"));
  dir.write("merges.txt", "a b\nb a\n");
  EXPECT_THAT(error(), HasSubstr("merges.txt/1: 'ba' is not in the vocabulary"));
  dir.write("vocab.json", R"({"a": "b"})");
  EXPECT_THAT(error(), HasSubstr("vocab.json: /a: is \"b\", should be a whole number"));
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "BloomTokenizer"})");
  EXPECT_THAT(error(), HasSubstr("class BloomTokenizer is not built for vocab.json and merges.txt; built are"));
}

TEST_F(ReadersTest, tiktoken_files) {
  std::string ranks;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    ranks += letters[static_cast<size_t>(byte >> 2)];
    ranks += letters[static_cast<size_t>((byte & 3) << 4)];
    ranks += "== " + std::to_string(byte) + "\n";
  }
  ranks += "YWI= 256\nIGFi 257\n";  // "ab", " ab"
  dir.write("tokenizer.model", ranks);
  EXPECT_THAT(error(), HasSubstr("258 ranks, which is neither Llama 3 (128000) nor Qwen (151643)"));
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "PreTrainedTokenizerFast",
    "added_tokens_decoder": {"259": {"content": "<|end|>", "special": true}}})");
  EXPECT_THAT(ids("ab ab<|end|><|reserved_token_258|>"), ElementsAre(256, 257, 259, 258));
  dir.write("tokenizer.model", ranks + "YWI=\n");
  EXPECT_THAT(error(), HasSubstr("tokenizer.model:259: should be a token in base64, a blank and its rank"));
  dir.write("tokenizer.model", ranks + "YWI= 257\n");
  EXPECT_THAT(error(), HasSubstr("tokenizer.model: id 257 belongs to"));
}

TEST_F(ReadersTest, clip_merges) {
  dir.write("bpe_simple_vocab_16e6.txt.gz", "\x1F\x8B");
  EXPECT_THAT(error(), HasSubstr("bpe_simple_vocab_16e6.txt.gz: is compressed; unpack it with gunzip"));
}

TEST_F(ReadersTest, what_is_no_sentencepiece_model) {
  dir.write("spiece.model", "\x0A\x05nonsense");
  EXPECT_THAT(error(), HasSubstr("spiece.model: is no SentencePiece model"));
  dir.write("spiece.model", std::string("\x0A\x03\x0A\x01\xFF", 5));
  EXPECT_THAT(error(), HasSubstr("spiece.model: piece 0 is no UTF-8"));
}

// A SentencePiece file, byte by byte. Numbers stay below 128.
std::string field(char tag, const std::string& bytes) {
  return std::string{tag, static_cast<char>(bytes.size())} + bytes;
}
std::string piece(const std::string& text, float score, char type) {
  std::string number(4, '\0');
  std::memcpy(number.data(), &score, 4);
  return field('\x0A', field('\x0A', text) + '\x15' + number + '\x18' + type);
}
std::string sentencepiece_file(char model_type) {
  return piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3) + piece("▁a", -1, 1) + piece("▁ab", -1.5f, 1) +
         piece("▁", -2, 1) + piece("a", -3, 1) + piece("b", -4, 1) + field('\x12', {'\x18', model_type});
}

TEST_F(ReadersTest, sentencepiece_alone_gives_its_own_ids) {
  for (char type : {'\1', '\2'}) {
    dir.write("tokenizer.model", sentencepiece_file(type));
    EXPECT_THAT(ids("  a   ab <s>x"), ElementsAre(3, 4, 5, 0));  // "<s>x" is unknown, in one piece
  }
}

TEST_F(ReadersTest, sentencepiece_by_tokenizer_class) {
  dir.write("sentencepiece.bpe.model", sentencepiece_file('\1'));
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "XLMRobertaTokenizer"})");
  EXPECT_THAT(ids("a ab<mask>", "b"), ElementsAre(0, 4, 5, 9, 2, 2, 6, 8, 2));
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "T5Tokenizer"})");
  EXPECT_THAT(ids("a ab<extra_id_99>", "a"), ElementsAre(3, 4, 8, 2, 3, 2));
  dir.write("sentencepiece.bpe.model", sentencepiece_file('\2'));
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": true})");
  EXPECT_THAT(ids("ab a</s>a", "a"), ElementsAre(1, 4, 3, 2, 6, 1, 3));
  dir.write("tokenizer_config.json", R"({"tokenizer_class": "MBartTokenizer"})");
  EXPECT_THAT(error(),
              HasSubstr("class MBartTokenizer is not built for SentencePiece files; built are LlamaTokenizer"));
  dir.write("sentencepiece.bpe.model", sentencepiece_file('\3'));
  EXPECT_THAT(error(), HasSubstr("a SentencePiece model of type word; unigram and bpe are built"));
}

}  // namespace
}  // namespace weir
