#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/normalizers/bert_normalizer.hpp"
#include "tokenizers/normalizers/read_normalizer.hpp"
#include "tokenizers/normalizers/sentencepiece_normalizer.hpp"
#include "tokenizers/normalizers/unicode_form.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

class NormalizersTest : public testing::Test {
 protected:
  ~NormalizersTest() override { std::filesystem::remove(file_); }

  Result<std::unique_ptr<Normalizer>> read(const std::string& json) {
    std::ofstream(file_) << json;
    return read_normalizer(JsonAt::open(file_).value().value());
  }

  // The normal form, and the origin of each code point: "ab 0-1 1-2". A text that stays as it is has "same" behind it.
  std::string normal(const std::string& json, const std::string& text) {
    const auto normalizer = read(json);
    return normalizer ? normal(**normalizer, text) : normalizer.error().message;
  }
  std::string normal(const Normalizer& normalizer, const std::string& text) {
    std::vector<TokenSpan> origins;
    uint32_t characters = 0;
    for (char byte : text) {
      characters += !utf8::is_continuation(byte);
      origins.push_back({characters - 1, characters});
    }
    EncodeBuffers buffers;
    NormalizedText plain, traced;
    if (!normalizer.apply({text, {}}, buffers, plain)) return text + " same";
    EXPECT_TRUE(normalizer.apply({text, origins}, buffers, traced));
    EXPECT_EQ(plain.text, traced.text);
    EXPECT_EQ(traced.text.size(), traced.origins.size());
    std::string shown = traced.text;
    for (size_t i = 0; i < traced.text.size(); ++i)
      if (!utf8::is_continuation(traced.text[i]))
        shown += fmt::format(" {}-{}", traced.origins[i].begin, traced.origins[i].end);
    EXPECT_TRUE(normalizer.apply({text, {}}, buffers, traced));
    EXPECT_TRUE(traced.origins.empty()) << "origins of the text before";
    return shown;
  }

  const std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / fmt::format("weir-normalizers-{}.json", ::getpid());
};

TEST_F(NormalizersTest, forms_compose_and_decompose_with_origins) {
  EXPECT_EQ(normal(R"({"type": "NFC"})", "e\u0301x\u0344"), "\u00e9\u1e8d\u0301 0-1 2-3 3-4");
  EXPECT_EQ(normal(R"({"type": "NFC"})", "\u00e9\u0323a"), "\u1eb9\u0301a 0-1 1-2 2-3");
  EXPECT_EQ(normal(R"({"type": "NFD"})", "\u1e69\u0323a"), "s\u0323\u0323\u0307a 0-1 0-1 1-2 1-2 2-3");
  EXPECT_EQ(normal(R"({"type": "NFKC"})", "\ufb01n\uff21"), "finA 0-1 0-1 1-2 2-3");
  EXPECT_EQ(normal(R"({"type": "NFC"})", "\u1112\u1161\u11ab"), "\ud55c 0-1");
  EXPECT_EQ(normal(R"({"type": "NFD"})", "\ud55c"), "\u1112\u1161\u11ab 0-1 0-1 0-1");
  EXPECT_EQ(normal(R"({"type": "NFC"})", "plain, \u00e9 \ud55c"), "plain, \u00e9 \ud55c same");
}

TEST_F(NormalizersTest, maps_of_code_points) {
  EXPECT_EQ(normal(R"({"type": "Lowercase"})", "\u0130I\u03a3"), "i\u0307i\u03c3 0-1 0-1 1-2 2-3");
  EXPECT_EQ(normal(R"({"type": "Lowercase"})", "no capitals here at all, not one"),
            "no capitals here at all, not one same");
  EXPECT_EQ(normal(R"({"type": "StripAccents"})", "e\u0301\u20ddx"), "ex 0-1 3-4");
  EXPECT_EQ(normal(R"({"type": "Nmt"})", "a\u0001\tb\u200b"), "a b  0-1 2-3 3-4 4-5");
  EXPECT_EQ(normal(R"({"type": "ByteLevel"})", "\u00e9 x"), "\u00c3\u00a9\u0120x 0-1 0-1 1-2 2-3");
}

TEST_F(NormalizersTest, edits) {
  EXPECT_EQ(normal(R"({"type": "Strip", "strip_left": true, "strip_right": true})", " x y\u3000 "), "x y 1-2 2-3 3-4");
  EXPECT_EQ(normal(R"({"type": "Prepend", "prepend": "ab"})", "xy"), "abxy 0-1 0-1 0-1 1-2");
  EXPECT_EQ(normal(R"({"type": "Prepend", "prepend": "ab"})", ""), " same");
  EXPECT_EQ(normal(R"({"type": "Replace", "pattern": {"String": "y"}, "content": "ABC"})", "xyz"),
            "xABCz 0-1 1-2 1-2 1-2 2-3");
  EXPECT_EQ(normal(R"({"type": "Replace", "pattern": {"Regex": "^"}, "content": "A"})", "xy"), "Axy 0-0 0-1 1-2");
  EXPECT_EQ(normal(R"({"type": "Replace", "pattern": {"String": ""}, "content": "x"})", " "), "x x 0-0 0-1 0-1");
}

TEST_F(NormalizersTest, replacements_with_ways_of_their_own) {
  const char* runs = R"({"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "_"})";
  EXPECT_EQ(normal(runs, "a  b c   "), "a_b c_ 0-1 2-3 3-4 4-5 5-6 8-9");
  EXPECT_TRUE(normal(runs, "twenty-one letters here, then two  and one ")
                  .starts_with("twenty-one letters here, then two_and one  0-1 "));
  EXPECT_EQ(normal(runs, "no run of blanks "), "no run of blanks  same");
  EXPECT_EQ(normal(R"({"type": "Replace", "pattern": {"String": "a"}, "content": "\u2581"})", "abca"),
            "\u2581bc\u2581 0-1 1-2 2-3 3-4");
  EXPECT_EQ(normal(R"({"type": "Replace", "pattern": {"String": "a"}, "content": ""})", "abca"), "bc 1-2 2-3");
}

TEST_F(NormalizersTest, sentencepiece_keeps_its_pieces_and_counts_blanks) {
  using Options = SentencePieceNormalizer::Options;
  const auto all = SentencePieceNormalizer::make("", {"[ X]"}, Options{}).value();
  EXPECT_EQ(normal(*all, "  a  b[ X] "), "▁a▁b[▁X] 2-2 2-3 3-4 5-6 6-10 6-10 6-10 6-10");
  const auto plain = SentencePieceNormalizer::make("", {}, Options{false, false, false}).value();
  EXPECT_EQ(normal(*plain, "  a\u00e9 "), "  a\u00e9  0-1 1-2 2-3 3-4 4-5");
  EXPECT_EQ(SentencePieceNormalizer::make("abc", {}, Options{}).error().message, "the character map is cut off");
}

TEST_F(NormalizersTest, sequences_are_laid_flat) {
  const char* json = R"({"type": "Sequence", "normalizers": [{"type": "NFD"},
    {"type": "Sequence", "normalizers": [{"type": "StripAccents"}, {"type": "Lowercase"}]}]})";
  EXPECT_EQ(normal(json, "\u00c9a"), "ea 0-1 1-2");
  EXPECT_EQ(normal(json, "ea"), "ea same");
  const auto none = read(R"({"type": "Sequence", "normalizers": []})");
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, nullptr);
}

TEST_F(NormalizersTest, bert_drops_control_characters_before_it_orders_marks) {
  // U+302E and U+1D16D are no nonspacing marks, so they stay, in the order of their classes.
  EXPECT_EQ(normal(R"({"type": "BertNormalizer"})", std::string("a\U0001d16d\0\u302e", 9)),
            "a\u302e\U0001d16d 0-1 1-2 3-4");
}

TEST_F(NormalizersTest, broken_parts_are_refused_by_name) {
  EXPECT_THAT(normal(R"({"type": "Precompiled", "precompiled_charsmap": "x"})", ""), testing::HasSubstr("no base64"));
  EXPECT_THAT(normal(R"({"type": "Precompiled", "precompiled_charsmap": "////fw=="})", ""),
              testing::HasSubstr("bytes"));
  EXPECT_THAT(normal(R"({"type": "Precompiled", "precompiled_charsmap": null})", ""),
              testing::HasSubstr("/precompiled_charsmap"));
  EXPECT_THAT(normal(R"({"type": "Strip"})", ""), testing::HasSubstr("/strip_left"));
  EXPECT_THAT(normal(R"({"type": "Nope"})", ""), testing::HasSubstr("'Nope'"));
  EXPECT_THAT(normal(R"({"type": "Replace", "pattern": {"Regex": "("}, "content": ""})", ""),
              testing::HasSubstr("/pattern/Regex"));
}

// A unit whose offset leads out of the double array ends the search.
TEST_F(NormalizersTest, a_hostile_character_map_is_harmless) {
  EXPECT_EQ(normal(R"({"type": "Precompiled", "precompiled_charsmap": "BAAAAP////8="})", "abc\u00e9"),
            "abc\u00e9 same");
  EXPECT_EQ(normal(R"({"type": "Precompiled", "precompiled_charsmap": "AAAAAA=="})", "abc"), "abc same");
}

// Insertion sort would take hours, which ctest does not wait for.
TEST_F(NormalizersTest, a_long_run_of_marks_is_put_in_order) {
  std::string text = "a";
  for (int i = 0; i < 200'000; ++i) text += i % 2 ? "\u0323" : "\u0301";
  EncodeBuffers buffers;
  NormalizedText out;
  ASSERT_TRUE(UnicodeForm(UnicodeForm::Kind::nfc).apply({text, {}}, buffers, out));
  EXPECT_TRUE(out.text.starts_with("\u1ea1\u0323\u0323"));
}

// With origins each character takes the general way; without, nearly all take a short one.
TEST(BertNormalizerTest, writes_the_same_with_origins_and_without) {
  std::u32string combining{U'\u0301', U'\u0323', U'\u0338', U'\u200b', U'e', U' ', U'x'};
  for (char32_t c = 0x80; c < 0x110000; ++c)
    if (unicode::combining_rank(c) != 0 && !(unicode::flags(c) & unicode::mark)) combining += c;
  ASSERT_GT(combining.size(), 7u);
  std::mt19937 random(4);
  for (int bits = 0; bits < 16; ++bits) {
    const BertNormalizer normalizer({(bits & 1) == 0, (bits & 2) == 0, (bits & 4) == 0, (bits & 8) == 0});
    EncodeBuffers buffers;
    NormalizedText plain, traced;
    std::string text;
    for (char32_t c = 0; c < 0x110000; c += bits == 0 ? 1 : 1 + random() % 30) {
      if (c >= 0xD800 && c < 0xE000) continue;
      utf8::append(text, c);
      for (size_t i = random() % 6; i > 3; --i) utf8::append(text, combining[random() % combining.size()]);
      if (random() % 64 == 0) text += "Some More, ASCII\r\n\x01\x7f in it";
      if (text.size() < 200 + random() % 400) continue;
      normalizer.apply({text, {}}, buffers, plain);
      normalizer.apply({text, std::vector<TokenSpan>(text.size())}, buffers, traced);
      ASSERT_EQ(plain.text, traced.text) << text;
      text.clear();
    }
  }
}

}  // namespace
}  // namespace weir
