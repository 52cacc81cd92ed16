#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/added_tokens.hpp"

namespace weir {

class JsonAt;
class Vocabulary;

// The added tokens of a tokenizer while its files are read, numbered as Hugging Face numbers them: the model's id for a
// token that it knows, else the next one behind the vocabulary and the added tokens so far. What a file says of ids is
// not asked. While loading only.
class AddedTokenList {
 public:
  explicit AddedTokenList(const Vocabulary& vocabulary);

  // Takes a token; one whose content is here already keeps its id and gets the new flags. Empty ones are passed over.
  void add(AddedToken token);
  // A list of tokens, as `added_tokens` of tokenizer.json has it; null: none.
  Result<void> read(const JsonAt& list);
  // The id of a token, added or of the model.
  std::optional<int32_t> find(const std::string& content) const;

  std::vector<AddedToken> take() && { return std::move(tokens_); }

 private:
  const Vocabulary& vocabulary_;
  std::vector<AddedToken> tokens_;
  std::unordered_map<std::string, size_t> at_;
  int32_t next_ = 0;
};

// One token with its flags. Of tokenizer.json or of `added_tokens_decoder`; `special`: when it does not say.
Result<AddedToken> read_added_token(const JsonAt& at, bool special = false);

}  // namespace weir
