#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/normalizer.hpp"

namespace weir {

// SentencePiece's map of characters ("precompiled charsmap"): a double array of darts-clone from pieces of text to
// their replacements.
class CharacterMap {
 public:
  // `map`: u32 length in bytes of the double array, the array (u32 each; all little-endian), the replacements, each
  // with a NUL behind it. corrupt: it is not such a map; the message says why.
  static Result<CharacterMap> parse(std::string_view map);

  // The replacement for the shortest beginning of `text` that is in the map, as Hugging Face has it.
  std::optional<std::string_view> find(std::string_view text) const;

  // The longest one, as SentencePiece has it.
  struct Match {
    std::string_view replacement;
    size_t size = 0;  // of what it replaces
  };
  std::optional<Match> find_longest(std::string_view text) const;

  size_t size() const { return units_.size(); }

 private:
  template <typename Found>
  void walk(std::string_view text, Found found) const;

  std::vector<uint32_t> units_;
  std::string replacements_;
};

// Hugging Face's Precompiled. Where SentencePiece takes the longest match at each byte, it looks graphemes up: one of
// fewer than six bytes as a whole (if only its beginning is in the map, all of it is replaced), else each code point.
class Precompiled final : public Normalizer {
 public:
  explicit Precompiled(CharacterMap map);

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  bool maps(char32_t c) const { return c < mapped_.size() ? mapped_[c] : true; }
  const char* first_changed(const char* p, const char* end) const;

  CharacterMap map_;
  std::vector<uint8_t> mapped_;  // whether the map has the code point, for each of the basic plane
  bool plain_ascii_;             // none from blank to tilde is in it
};

}  // namespace weir
