#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/models/piece_trie.hpp"
#include "tokenizers/normalizer.hpp"
#include "tokenizers/normalizers/precompiled.hpp"

namespace weir {

// The normalizer inside of SentencePiece (its normalizer.cc), for model files that come without a
// tokenizer_config.json: at each place a kept piece, else the longest match of the character map, else the code point
// as it is; then blanks.
class SentencePieceNormalizer final : public Normalizer {
 public:
  struct Options {
    bool add_dummy_prefix = true;
    bool remove_extra_whitespaces = true;
    bool escape_whitespaces = true;  // blanks become U+2581
  };

  // `map` may be empty: none. `kept`: pieces that the map does not touch; they outlive this call only. corrupt: the map
  // is none.
  static Result<std::unique_ptr<Normalizer>> make(std::string_view map, const std::vector<std::string_view>& kept,
                                                  Options options);

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  // What the beginning of a text becomes.
  struct Step {
    std::string_view text;
    size_t consumed;
  };

  SentencePieceNormalizer() = default;
  Step next(std::string_view rest) const;

  CharacterMap map_;
  PieceTrie kept_;
  Options options_;
};

}  // namespace weir
