#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/model.hpp"
#include "tokenizers/models/piece_trie.hpp"
#include "tokenizers/models/prefix_set.hpp"

namespace weir {

struct PieceEnd;

// Greedy longest-match-first WordPiece (Hugging Face's model of that name). Immutable; for any thread.
class WordPiece final : public Model {
 public:
  // `beginnings` as Vocabulary::make gives it; `prefix` marks pieces that continue a word ("##"). corrupt: no `unk` in
  // the vocabulary.
  static Result<std::unique_ptr<Model>> make(Vocabulary vocabulary, PrefixSet beginnings, std::string unk,
                                             const std::string& prefix, uint32_t max_chars, const std::string& place);

  Result<void> encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                      std::vector<uint32_t>* ends) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::string describe() const override;

 private:
  struct Piece {
    int32_t id = -1;  // -1: there is none
    size_t size = 0;
  };
  Piece first_piece(std::string_view word, std::vector<PieceEnd>& ends) const;
  Piece next_piece(std::string_view rest) const;

  Vocabulary vocabulary_;
  PrefixSet beginnings_;  // of all tokens, by Vocabulary::hash
  PieceTrie continuing_;  // the tokens that begin with the prefix, without it
  std::string unk_token_;
  int32_t unk_ = 0;
  uint32_t max_chars_ = 100;
};

}  // namespace weir
