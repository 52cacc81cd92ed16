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

// Finds added tokens as Hugging Face does: leftmost, of those the longest, without overlap. One pass over the text
// whatever their number: a trie is entered only at a byte that begins one. Immutable; for any thread.
class AddedTokens {
 public:
  AddedTokens() = default;
  // Of several tokens with one content the first counts.
  explicit AddedTokens(const std::vector<AddedToken>& tokens);

  bool empty() const { return tokens_.empty(); }
  // Appends the text's parts; what is not a token is given as text, empty texts are left out. False, and nothing
  // appended: there is no token in it.
  bool split(std::string_view text, std::vector<AddedSplit>& out) const;

 private:
  struct Node {
    uint32_t child = 0;    // the first; 0: none
    uint32_t sibling = 0;  // the next; 0: none
    int32_t token = -1;    // that ends here
    char byte = 0;
  };
  struct Flags {
    int32_t id;
    bool single_word, lstrip, rstrip;
  };

  uint32_t child_of(uint32_t node, char byte) const;
  void insert(std::string_view content, int32_t token);
  // The first byte from `at` that begins a token; the end of the text when there is none.
  size_t candidate(std::string_view text, size_t at) const;
  // The longest token that stands at `at`; -1: none. `end`: behind it.
  int32_t longest_at(std::string_view text, size_t at, size_t& end) const;

  std::vector<Flags> tokens_;
  std::vector<Node> nodes_{1};
  std::array<uint32_t, 256> first_{};  // nodes below the root
  std::string firsts_;                 // their bytes
};

}  // namespace weir
