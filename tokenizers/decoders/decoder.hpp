#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace weir {

class JsonAt;

// `decoder` of tokenizer.json: from tokens back to text. Immutable; for any thread.
struct TokenDecoder {
  // Rewrites the tokens of a text; what the last step leaves is joined. Linear in their bytes.
  using Step = std::function<void(std::vector<std::string>& tokens)>;

  std::vector<Step> steps;  // none: the tokens are joined by blanks, as without a decoder
  std::string name = "none";

  std::string decode(std::vector<std::string> tokens) const;
};

// unsupported: a kind that is not built, by name.
Result<TokenDecoder> read_decoder(const JsonAt& part);

}  // namespace weir
