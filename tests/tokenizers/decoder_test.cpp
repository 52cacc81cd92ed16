// What each decoder of Hugging Face tokenizers 0.23.3 makes of tokens.
#include "tokenizers/decoders/decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/golden/temp_dir.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

using testing::HasSubstr;
using Tokens = std::vector<std::string>;

Result<TokenDecoder> read(const std::string& json) {
  golden::TempDir dir;
  dir.write("tokenizer.json", json);
  const auto root = JsonAt::open(dir.path() / "tokenizer.json");
  EXPECT_TRUE(root && *root) << json;
  return read_decoder(**root);
}

TEST(Decoders, join_tokens_as_hugging_face_does) {
  struct Case {
    const char* json;
    Tokens tokens;
    const char* text;
  };
  const std::vector<Case> cases{
      {"null", {"a", "b"}, "a b"},
      {R"({"type":"Sequence","decoders":[]})", {"a", "b"}, "ab"},
      {R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"always"})", {"▁a▁b", "▁c▁"}, "ab c "},
      {R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true})", {"▁▁a", "▁c▁"}, "a c "},
      {R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"never"})", {"▁a▁b", "▁c▁"}, " a b c "},
      {R"({"type":"Metaspace","replacement":"▁","add_prefix_space":true})", {"▁a▁", "▁b"}, "a b"},
      {R"({"type":"WordPiece","prefix":"##","cleanup":true})",
       {"##a", "##b", "c", "##", "##d##", ".", " .", "do", "not", "n't"},
       "##ab cd##. . do notn't"},
      {R"({"type":"WordPiece","prefix":"##","cleanup":true})", {"a", "b ' c"}, "a b'c"},
      {R"({"type":"WordPiece","prefix":"","cleanup":false})", {"a", "b"}, "ab"},
      {R"({"type":"BPEDecoder","suffix":"</w>"})", {"a", "b</w>", "c</w>d</w>"}, "ab cd"},
      {R"({"type":"BPEDecoder","suffix":""})", {"ab", "c"}, " a b c"},
      {R"({"type":"ByteFallback"})",
       {"<0x41>", "<0xE4>", "x", "<0xE4>", "<0xBD>", "<0xA0>", "<0x+5>", "<0x 5>", "<0xé>", "<0xZZ>"},
       "\uFFFD\uFFFDx你\x05<0x 5><0xé><0xZZ>"},
      {R"({"type":"Strip","content":"x","start":2,"stop":1})", {"xxxaxx"}, "xax"},
      {R"({"type":"Strip","content":"x","start":1,"stop":1})", {"xx", "", "xa"}, "a"},
      {R"({"type":"Replace","pattern":{"String":"a"},"content":"b"})", {"aXa", "aa"}, "bXbbb"},
      {R"({"type":"Replace","pattern":{"String":""},"content":"b"})", {"aXa"}, "babXbab"},
      {R"({"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "})", {"a  b\t c", " "}, "a b c "},
      {R"({"type":"Replace","pattern":{"Regex":"(?<=a)b*"},"content":"-"})", {"abba", "xab"}, "a-a-xa-"},
      {R"({"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true})",
       {"<pad>", "<pad>", "h", "h", "e", "<pad>", "|", "|", "l", "l", "<pad>", "l", "o", " ."},
       "he llo."},
      {R"({"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":false})",
       {"<pad>", "h", "|", "h"},
       "h|h"},
      {R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})",
       {"Ġa", "Ã", "©", "é中", "Ã"},
       " aéé中\uFFFD"},
      {R"({"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},
          {"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]})",
       {"▁a", "▁▁b", "<0xC3>", "<0xA9>"},
       "a  bé"},
  };
  for (const auto& [json, tokens, text] : cases) {
    const auto decoder = read(json);
    ASSERT_TRUE(decoder) << decoder.error().message;
    EXPECT_EQ(decoder->decode(tokens), text) << json;
    decoder->decode({});
  }
}

TEST(Decoders, what_is_not_built_is_refused_by_name) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"type":"Nonsense"})", "/type: the decoder 'Nonsense' is not built"},
      {R"({"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"X"}]})", "/decoders/1/type: the decoder 'X'"},
      {R"({"type":"Replace","pattern":{"Regex":"(a"},"content":"b"})", "/pattern/Regex: "},
      {R"({"type":"Strip","content":"ab","start":0,"stop":1})", "/content: is \"ab\", should be one character"},
      {R"({"type":"Metaspace","replacement":"▁","add_prefix_space":false})", "/add_prefix_space: "},
      {R"([])", "is [], should be an object"},
  };
  for (const auto& [json, says] : cases) {
    const auto decoder = read(json);
    ASSERT_FALSE(decoder) << json;
    EXPECT_THAT(decoder.error().message, HasSubstr(says));
  }
}

TEST(Decoders, skip_special_tokens_and_ids_of_nothing) {
  golden::TempDir dir;
  dir.write("tokenizer.json", R"({"added_tokens":[{"id":4,"content":"<s>","special":true},{"id":5,"content":"new"}],
    "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
    "normalizer":null,"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,
    "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":9,
    "vocab":{"[UNK]":0,"a":1,"##b":2,"<s>":3}}})");
  const auto loaded = Tokenizer::load(dir.path());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ((*loaded)->token_to_id("<s>"), 3) << "the model's id, not the file's";
  EXPECT_EQ((*loaded)->token_to_id("new"), 4);
  const std::vector<int32_t> ids{3, 1, 2, 77, 4, 3};
  EXPECT_EQ((*loaded)->decode(ids, false).value(), "<s> ab new <s>");
  EXPECT_EQ((*loaded)->decode(ids, true).value(), "ab new");
  EXPECT_FALSE((*loaded)->decode(std::vector<int32_t>{-1}, true));
}

}  // namespace
}  // namespace weir
