// Special tokens, truncation, windows, trimmed offsets and masks equal those that Hugging Face made (sequences.py).
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/golden/temp_dir.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

using nlohmann::json;

// A piece as sequences.json writes it.
json written(const TokenBuffer& out, const Piece& piece) {
  json types = json::array(), spans = json::array(), mask = json::array(), ids = json::array();
  for (size_t i = piece.begin; i < piece.begin + piece.count; ++i) {
    ids.push_back(out.ids[i]);
    types.push_back(out.type_ids.empty() ? 0 : out.type_ids[i]);
    mask.push_back(out.special[i]);
    spans.push_back(out.offsets[i].begin);
    spans.push_back(out.offsets[i].end);
  }
  return {ids, types, spans, mask};
}

// Hugging Face puts tokens for which a window has no room into one that is too long; weir refuses.
bool too_long(const json& expected, const EncodeOptions& options) {
  return std::any_of(expected.begin(), expected.end(),
                     [&](const json& part) { return part[0].size() > options.max_tokens; });
}

void check(const Tokenizer& tokenizer, const json& one, Scratch& scratch) {
  EncodeOptions options;
  options.add_special = one[3];
  if (!one[4].is_null()) options.max_tokens = one[4];
  options.truncation = static_cast<Truncation>(one[5].get<int>());
  options.side = one[6].get<bool>() ? Side::left : Side::right;
  if (!one[7].is_null()) options.window_stride = one[7].get<uint32_t>();
  const auto& expected = one[8];
  const auto text = one[1].get<std::string>();
  const auto pair = one[2].is_null() ? std::nullopt : std::optional(one[2].get<std::string>());
  for (const bool offsets : {true, false}) {
    options.offsets = offsets;
    TokenBuffer out;
    std::vector<Piece> pieces;
    const auto done = tokenizer.encode(text, pair, options, scratch, out, pieces);
    if (expected.is_null() || too_long(expected, options)) {
      ASSERT_FALSE(done) << one;
      ASSERT_TRUE(out.ids.empty() && out.type_ids.empty() && out.offsets.empty() && pieces.empty());
      continue;
    }
    ASSERT_TRUE(done) << one << done.error().message;
    ASSERT_EQ(pieces.size(), expected.size()) << one;
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (offsets) {
        ASSERT_EQ(written(out, pieces[i]), expected[i]) << "piece " << i << " of " << one;
      } else {
        const auto first = out.ids.begin() + pieces[i].begin;
        ASSERT_EQ(std::vector<int32_t>(first, first + pieces[i].count), expected[i][0].get<std::vector<int32_t>>())
            << "piece " << i << " of " << one;
      }
    }
  }
}

TEST(Sequences, equal_hugging_faces) {
  const auto all = json::parse(std::ifstream(WEIR_SOURCE_DIR "/tests/tokenizers/sequences.json"));
  golden::TempDir dir;
  std::vector<std::shared_ptr<const Tokenizer>> tokenizers;
  for (const auto& file : all["tokenizers"]) {
    const auto name = std::to_string(tokenizers.size());
    dir.write(name + "/tokenizer.json", file.dump());
    auto loaded = Tokenizer::load(dir.path() / name);
    ASSERT_TRUE(loaded) << loaded.error().message;
    tokenizers.push_back(*loaded);
  }
  Scratch scratch;
  for (const auto& one : all["cases"]) check(*tokenizers[one[0].get<size_t>()], one, scratch);
}

// Metaspace's "first" looks at where the original begins: not where a normalizer took something away.
TEST(Sequences, know_where_the_original_begins) {
  golden::TempDir dir;
  dir.write("tokenizer.json", R"({"added_tokens":[{"id":5,"content":"foo","normalized":false},{"id":6,"content":"zed"}],
    "normalizer":{"type":"Strip","strip_left":true,"strip_right":true},
    "pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":true},
    "post_processor":null,"decoder":null,"model":{"type":"WordLevel","unk_token":"[UNK]",
    "vocab":{"[UNK]":0,"\u2581a":1,"a":2,"\u2581b":3,"b":4}}})");
  const auto loaded = Tokenizer::load(dir.path());
  ASSERT_TRUE(loaded) << loaded.error().message;
  const std::pair<const char*, std::vector<int32_t>> cases[] = {{"a b", {1, 3}},    {" a b", {2, 3}}, {"foo a", {5, 2}},
                                                                {" foo a", {5, 2}}, {"zeda", {6, 2}}, {"  a", {2}}};
  Scratch scratch;
  for (const auto& [text, ids] : cases) {
    TokenBuffer out;
    std::vector<Piece> pieces;
    ASSERT_TRUE((*loaded)->encode(text, std::nullopt, {}, scratch, out, pieces));
    EXPECT_EQ(out.ids, ids) << text;
  }
}

}  // namespace
}  // namespace weir
