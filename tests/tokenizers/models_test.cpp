#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/golden/temp_dir.hpp"
#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/models/read_model.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct ModelsTest : testing::Test {
  golden::TempDir dir;
  EncodeBuffers buffers;

  Result<std::unique_ptr<Model>> read(const json& model) {
    dir.write("tokenizer.json", json{{"model", model}}.dump());
    auto root = JsonAt::open(dir.path() / "tokenizer.json");
    return read_model((**root)["model"]);
  }
  std::string error_of(const json& model) {
    auto made = read(model);
    return made ? "read" : made.error().message;
  }
  std::vector<int32_t> ids(const Model& model, std::string_view word) {
    std::vector<int32_t> ids;
    EXPECT_TRUE(model.encode(word, buffers, ids, nullptr));
    return ids;
  }
};

json small_bpe() {
  return json::parse(
      R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4}, "merges": ["a b", "ab c"]})");
}

// Written by model_goldens.py.
TEST_F(ModelsTest, ids_and_ends_are_those_of_hugging_face) {
  std::ifstream in(WEIR_SOURCE_DIR "/tests/tokenizers/model_goldens.json");
  size_t cases = 0;
  for (std::string line; std::getline(in, line);) {
    const auto golden = json::parse(line);
    auto model = read(golden["model"]);
    ASSERT_TRUE(model) << golden["name"] << ": " << model.error().message;
    for (const auto& one : golden["cases"]) {
      const auto word = one[0].get<std::string>();
      std::vector<int32_t> ids{-7};
      std::vector<uint32_t> ends;
      const auto done = (*model)->encode(word, buffers, ids, &ends);
      EXPECT_EQ(done.has_value(), !one[1].is_null()) << golden["name"] << ' ' << word;
      EXPECT_EQ(ids.front(), -7);
      ids.erase(ids.begin());
      if (!one[1].is_null()) {
        EXPECT_EQ(ids, one[1].get<std::vector<int32_t>>()) << golden["name"] << ' ' << word;
        EXPECT_EQ(ends, one[2].get<std::vector<uint32_t>>()) << golden["name"] << ' ' << word;
      } else {
        EXPECT_TRUE(ids.empty());
      }
      ++cases;
    }
  }
  EXPECT_GT(cases, 1000u);
}

// A Words of one word; returns its parts.
std::vector<std::string> split(const PreTokenizer& splits, const std::string& text, EncodeBuffers& buffers) {
  Words words;
  words.text = {text, {}};
  words.words = {{0, static_cast<uint32_t>(text.size())}};
  splits.apply(words, buffers);
  std::vector<std::string> parts;
  for (const auto& word : words.words) parts.push_back(text.substr(word.begin, word.end - word.begin));
  return parts;
}

TEST_F(ModelsTest, words_split_in_front_of_blanks_only_where_no_token_changes) {
  std::ifstream in(WEIR_SOURCE_DIR "/tests/tokenizers/model_goldens.json");
  std::vector<std::string> splitting;
  for (std::string line; std::getline(in, line);) {
    const auto golden = json::parse(line);
    auto model = read(golden["model"]);
    ASSERT_TRUE(model);
    const auto* splits = (*model)->safe_splits();
    if (splits == nullptr) continue;
    splitting.push_back(golden["name"]);
    for (const auto& one : golden["cases"]) {
      if (one[1].is_null()) continue;
      std::vector<int32_t> got;
      for (const auto& part : split(*splits, one[0], buffers))
        EXPECT_TRUE((*model)->encode(part, buffers, got, nullptr));
      EXPECT_EQ(got, one[1].get<std::vector<int32_t>>()) << golden["name"] << ' ' << one[0];
    }
  }
  EXPECT_THAT(splitting, testing::ElementsAre("unknown", "fused unknown", "missing unknown", "byte fallback",
                                              "byte fallback and fused unknown", "merges of special tokens"));
}

TEST_F(ModelsTest, blanks_begin_parts) {
  auto model =
      read(json::parse(R"({"type": "BPE", "unk_token": "a", "vocab": {"▁": 0, "a": 1, "▁a": 2}, "merges": ["▁ a"]})"));
  ASSERT_TRUE(model);
  const auto* splits = (*model)->safe_splits();
  ASSERT_NE(splits, nullptr);
  EXPECT_THAT(split(*splits, "▁▁a▁aa▁▁▁a▁", buffers), testing::ElementsAre("▁▁a", "▁aa", "▁▁▁a", "▁"));
  EXPECT_THAT(split(*splits, "aa", buffers), testing::ElementsAre("aa"));
}

TEST_F(ModelsTest, raw_bytes_give_the_ids_of_their_letters) {
  json vocab;
  std::vector<std::string> letters;
  for (size_t byte = 0; byte < 256; ++byte) {
    std::string letter;
    utf8::append(letter, byte_letters[byte]);
    vocab[letter] = byte;
    letters.push_back(letter);
  }
  const std::string space = letters[' '];
  vocab[space + "a"] = 300;
  vocab[letters[0xC3] + letters[0xA9]] = 301;
  vocab["not" + space + "reached"] = 302;
  json model{{"type", "BPE"}, {"vocab", vocab}, {"merges", {space + " a", letters[0xC3] + " " + letters[0xA9]}}};
  for (bool whole : {false, true}) {
    model["ignore_merges"] = whole;
    auto made = read(model);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE((*made)->use_raw_bytes());
    EXPECT_EQ(ids(**made, " a\xC3\xA9\xFF"), (std::vector<int32_t>{300, 301, 0xFF}));
    EXPECT_EQ(ids(**made, "not reached").size(), whole ? 1u : 11u);
  }
  vocab.erase(letters[7]);
  model["vocab"] = vocab;
  auto partial = read(model);
  ASSERT_TRUE(partial);
  EXPECT_FALSE((*partial)->use_raw_bytes());  // what becomes of byte 7 depends on its letter
}

// The definition, word by word.
std::vector<int32_t> longest_pieces(const json& vocab, const std::string& prefix, const std::string& word) {
  std::vector<int32_t> ids;
  for (size_t begin = 0; begin < word.size();) {
    size_t size = word.size() - begin;
    while (size > 0 && !vocab.contains((begin > 0 ? prefix : "") + word.substr(begin, size))) --size;
    if (size == 0) return {vocab["[UNK]"].get<int32_t>()};
    ids.push_back(vocab[(begin > 0 ? prefix : "") + word.substr(begin, size)].get<int32_t>());
    begin += size;
  }
  return ids;
}

TEST_F(ModelsTest, wordpiece_takes_the_longest_pieces) {
  std::mt19937 random(3);
  const std::string letters[] = {"a", "b", "#", "\u00e9", "\u4e2d"};
  const auto text = [&](size_t most) {
    std::string made;
    for (size_t i = 1 + random() % most; i > 0; --i) made += letters[random() % (random() % 4 == 0 ? 5 : 2)];
    return made;
  };
  size_t known = 0;
  for (const std::string prefix : {"##", "", "\u4e2d", "x"}) {
    json vocab{{"[UNK]", 0}, {"", 1}, {prefix + std::string(70, 'a'), 2}, {std::string(90, 'a'), 3}, {"a", 4}};
    for (int i = 0; i < 150; ++i) vocab.emplace((i % 2 == 0 ? prefix : "") + text(7), vocab.size());
    const auto model = read({{"type", "WordPiece"},
                             {"unk_token", "[UNK]"},
                             {"vocab", vocab},
                             {"continuing_subword_prefix", prefix},
                             {"max_input_chars_per_word", 200}});
    ASSERT_TRUE(model) << model.error().message;
    for (int i = 0; i < 3000; ++i) {
      const auto word = i % 100 == 0 ? std::string(60 + random() % 120, 'a') + text(2) : text(12);
      const auto expected = longest_pieces(vocab, prefix, word);
      known += expected.size() > 1;
      ASSERT_EQ(ids(**model, word), expected) << word;
    }
  }
  EXPECT_GT(known, 1000u);
}

TEST_F(ModelsTest, long_words_take_time_in_proportion) {
  auto model = read(small_bpe());
  ASSERT_TRUE(model);
  std::string word;
  while (word.size() < 900'000) word += "abc";
  EXPECT_EQ(ids(**model, word), std::vector<int32_t>(300'000, 4));
}

TEST_F(ModelsTest, broken_bpe_is_refused_by_place) {
  auto model = small_bpe();
  model["merges"].push_back("b x");
  EXPECT_THAT(error_of(model), HasSubstr("tokenizer.json: /model/merges/2: 'x' is not in the vocabulary"));
  model["merges"][2] = "b c";
  EXPECT_THAT(error_of(model), HasSubstr("/model/merges/2: 'bc' is not in the vocabulary"));
  model["merges"][2] = "a b c";
  EXPECT_THAT(error_of(model), HasSubstr("/model/merges/2: is \"a b c\", should be two tokens"));
  model["merges"][2] = json{"a"};
  EXPECT_THAT(error_of(model), HasSubstr("/model/merges/2: is a list, should be two tokens"));
  model = small_bpe();
  model["vocab"]["abc"] = -1;
  EXPECT_THAT(error_of(model), HasSubstr("/model/vocab/abc"));
  model["vocab"]["abc"] = 3;
  EXPECT_THAT(error_of(model), HasSubstr("/model/vocab: id 3 belongs to"));
  model["vocab"]["abc"] = 2'000'000'000;
  EXPECT_THAT(error_of(model), HasSubstr("/model/vocab: token 'abc' has id 2000000000"));
  model["vocab"]["abc"] = 3'000'000;
  EXPECT_THAT(error_of(model), HasSubstr("/model/merges: 3000001 ids"));
  model = small_bpe();
  model["dropout"] = 0.1;
  EXPECT_THAT(error_of(model), HasSubstr("/model/dropout: dropout makes ids random"));
  model["dropout"] = 0.0;
  EXPECT_EQ(error_of(model), "read");
  model.erase("merges");
  EXPECT_THAT(error_of(model), HasSubstr("/model/merges: is null, should be a list"));
}

TEST_F(ModelsTest, broken_unigram_is_refused_by_place) {
  json model = json::parse(R"({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.0]]})");
  EXPECT_EQ(error_of(model), "read");
  model["unk_id"] = 2;
  EXPECT_THAT(error_of(model), HasSubstr("tokenizer.json: /model/unk_id: is 2, should be between 0 and 1"));
  model["unk_id"] = 0;
  model["vocab"].push_back({"b", "c"});
  EXPECT_THAT(error_of(model), HasSubstr("/model/vocab/2: is a list, should be a piece and its score"));
  model["vocab"] = json::array();
  EXPECT_THAT(error_of(model), HasSubstr("/model/vocab: is [], should be a list that holds the unknown piece"));
}

TEST_F(ModelsTest, types_are_known_by_name_or_by_members) {
  EXPECT_THAT(error_of({{"type", "Lattice"}}), HasSubstr("/model/type: the model 'Lattice' is not known"));
  auto untyped = small_bpe();
  untyped.erase("type");
  const auto described = [this](const json& model) {
    auto made = read(model);
    return made ? (*made)->describe() : made.error().message;
  };
  EXPECT_THAT(described(untyped), HasSubstr("BPE: 5 tokens, 2 merges"));
  EXPECT_THAT(described(json::parse(R"({"vocab": {"a": 0}, "unk_token": "a"})")), HasSubstr("WordLevel: 1 words"));
  EXPECT_THAT(described(json::parse(R"({"vocab": [["a", -1.5]], "unk_id": null})")), HasSubstr("Unigram: 1 pieces"));
}

}  // namespace
}  // namespace weir
