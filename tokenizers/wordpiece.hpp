#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/vocabulary.hpp"

namespace weir {

// Greedy longest-match-first WordPiece (Hugging Face's model of that name). Immutable; for any thread.
class WordPiece {
 public:
  // `prefix` marks pieces that continue a word ("##"). corrupt: no `unk` in the vocabulary.
  static Result<WordPiece> make(Vocabulary vocabulary, std::string unk, const std::string& prefix, uint32_t max_chars,
                                const std::string& place);

  // Appends the ids of one word, and, when `ends` is given, the byte in the word at which each piece ends.
  void encode(std::string_view word, std::vector<uint64_t>& hashes, std::vector<int32_t>& ids,
              std::vector<uint32_t>* ends) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  int32_t unk() const { return unk_; }
  const std::string& unk_token() const { return unk_token_; }
  uint32_t max_chars() const { return max_chars_; }

 private:
  Vocabulary vocabulary_;
  Vocabulary continuing_;  // the tokens that begin with the prefix, without it
  std::string unk_token_;
  int32_t unk_ = 0;
  uint32_t max_chars_ = 100;
};

}  // namespace weir
