#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/vocabulary.hpp"

namespace weir {

struct EncodeBuffers;
class PreTokenizer;

// `model` of tokenizer.json: from a word to ids. Immutable; for any thread.
class Model {
 public:
  virtual ~Model() = default;

  // Appends the ids of one word and, when `ends` is given, the byte in the word at which each token ends. A token
  // begins where the one before it ends; one that ends there too stands where the one before it stands (several byte
  // tokens of one text). Time is O(n log n) in the word at worst. tokenizer_error: what Hugging Face refuses, such as
  // an unknown word in a vocabulary without an unknown token; then `ids` is as it was.
  virtual Result<void> encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                              std::vector<uint32_t>* ends) const = 0;

  // Asks for words that come as bytes instead of as letters of the byte alphabet (byte_alphabet.hpp). False, and
  // nothing changes: the model cannot promise the same tokens. While loading only.
  virtual bool use_raw_bytes() { return false; }

  // A pre-tokenizer to run behind the file's own, since it provably changes no token: it cuts words into shorter ones,
  // which the word cache then knows. Null: there is none.
  virtual const PreTokenizer* safe_splits() const { return nullptr; }

  // The id that Hugging Face shows as the text that it stands for, not by a name: Unigram's unknown token.
  virtual std::optional<int32_t> shown_as_text() const { return std::nullopt; }

  virtual const Vocabulary& vocabulary() const = 0;
  virtual std::string describe() const = 0;
};

}  // namespace weir
