#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// A token that is found in the text before the model sees it; the flags are those of tokenizer.json.
struct AddedToken {
  int32_t id = 0;
  std::string content;
  bool single_word = false;  // only where no letter or digit is next to it
  bool lstrip = false;       // takes the white space before it along
  bool rstrip = false;
  bool normalized = true;  // looked for in the normal form, not in the text as it is
  bool special = false;
};

// A piece of text between added tokens, or an added token itself.
struct AddedSplit {
  size_t begin = 0;  // bytes
  size_t end = 0;
  int32_t id = -1;  // -1: text
};

// Finds added tokens as Hugging Face does: leftmost, of those the longest, without overlap.
class AddedTokens {
 public:
  AddedTokens() = default;
  explicit AddedTokens(std::vector<AddedToken> tokens);

  bool empty() const { return tokens_.empty(); }
  // Whether a token may begin with one of the bytes of the text; a cheap no for most texts.
  bool may_occur(std::string_view text) const;
  // Splits the text; what is not a token is given as text, empty texts are left out.
  void split(std::string_view text, std::vector<AddedSplit>& out) const;

 private:
  const AddedToken* longest_at(std::string_view text, size_t at) const;

  std::vector<AddedToken> tokens_;
  std::array<std::vector<uint32_t>, 256> by_first_;  // longest first
  std::array<bool, 256> first_{};
};

}  // namespace weir
