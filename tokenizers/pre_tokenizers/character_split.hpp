#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tokenizers/pre_tokenizer.hpp"
#include "tokenizers/pre_tokenizers/split.hpp"

namespace weir {

// Splits at each code point of a kind: WhitespaceSplit, Punctuation, Digits and CharDelimiterSplit of tokenizer.json.
class CharacterSplit final : public PreTokenizer {
 public:
  enum class Kind : uint8_t { whitespace, punctuation, numeric, delimiter };

  // `delimiter`: for its kind.
  CharacterSplit(Kind kind, SplitBehavior behavior, char32_t delimiter = 0);

  void apply(Words& words, EncodeBuffers& buffers) const override;
  std::string describe() const override;

 private:
  bool splits(char32_t c) const;

  const Kind kind_;
  const SplitBehavior behavior_;
  const char32_t delimiter_;
  std::array<bool, 128> ascii_;  // whether it splits
};

}  // namespace weir
