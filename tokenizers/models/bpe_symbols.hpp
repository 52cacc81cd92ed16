#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/models/bpe_buffers.hpp"
#include "tokenizers/vocabulary.hpp"

namespace weir {

// The options of `model` in tokenizer.json, type BPE.
struct BpeOptions {
  std::optional<std::string> unk_token;
  std::string continuing_subword_prefix;
  std::string end_of_word_suffix;
  bool fuse_unk = false;
  bool byte_fallback = false;
  bool ignore_merges = false;
};

// The first step of BPE: a word as the tokens of its characters. Immutable; for any thread.
class BpeSymbols {
 public:
  BpeSymbols() = default;
  // `vocabulary` is used here and not kept.
  BpeSymbols(const Vocabulary& vocabulary, const BpeOptions& options);

  // Makes words come as bytes instead of as letters of the byte alphabet. False, and nothing has changed: a byte has no
  // token, so that what to do with it depends on its letter.
  bool use_raw_bytes();

  // Whether a character may be lost: it has no token, and nothing stands in for it. The tokens behind it then have
  // places that are too far in front.
  bool may_lose_characters() const;

  // Replaces `out` by the symbols of a word. tokenizer_error: it holds a character without a token, and the unknown
  // token is none either.
  Result<void> split(std::string_view word, std::vector<Symbol>& out) const;

 private:
  // Tokens by code point, in two levels: vocabularies hold some thousand characters of the million.
  class CharacterMap {
   public:
    CharacterMap() : pages_(0x1100, 0), ids_(256, -1) {}
    int32_t find(char32_t c) const { return ids_[pages_[c >> 8] * size_t{256} + (c & 255)]; }
    void set(char32_t c, int32_t id);

   private:
    std::vector<uint16_t> pages_;
    std::vector<int32_t> ids_;
  };
  // What stands around a character in its token: the prefix on all but the first, the suffix on the last one.
  static constexpr unsigned with_prefix = 1;
  static constexpr unsigned with_suffix = 2;

  void add_characters(const Vocabulary& vocabulary);
  void split_bytes(std::string_view word, std::vector<Symbol>& out) const;
  bool fall_back(std::string_view character, unsigned around, std::vector<Symbol>& out) const;

  BpeOptions options_;
  std::optional<int32_t> unk_;
  unsigned surrounds_ = 0;               // with_prefix, with_suffix: which of the two this model has
  std::vector<CharacterMap> maps_;       // by what stands around
  std::array<int32_t, 256> fallback_{};  // the tokens <0x00> to <0xFF>, -1 where there is none
  std::array<std::array<int32_t, 256>, 4> bytes_{};
  bool raw_ = false;
};

}  // namespace weir
