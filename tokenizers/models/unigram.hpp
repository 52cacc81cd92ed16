#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tokenizers/model.hpp"
#include "tokenizers/models/piece_trie.hpp"
#include "tokenizers/models/unigram_buffers.hpp"

namespace weir {

// A piece of a Unigram vocabulary; its place in the list is its id.
struct ScoredPiece {
  std::string_view text;
  double score = 0;
  bool in_texts = true;  // false: a text never becomes this piece (SentencePiece's control pieces)
};

// Whose arithmetic decides between segmentations of nearly the same score.
enum class UnigramSums : uint8_t {
  hugging_face,  // double precision
  sentencepiece  // sums rounded to single precision
};

// The segmentation of the highest sum of scores (Kudo 2018), found by Viterbi over the pieces that begin at each
// character; equal sums as the encode_optimized of Hugging Face and of SentencePiece break them. O(n * longest piece).
class Unigram final : public Model {
 public:
  // `place` names the list of pieces. corrupt: `unk` is not the id of a piece.
  static Result<std::unique_ptr<Unigram>> make(std::span<const ScoredPiece> pieces, std::optional<int32_t> unk,
                                               bool byte_fallback, const std::string& place,
                                               UnigramSums sums = UnigramSums::hugging_face);

  Result<void> encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                      std::vector<uint32_t>* ends) const override;
  std::optional<int32_t> shown_as_text() const override { return unk_; }
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::string describe() const override;

 private:
  Unigram() = default;

  template <UnigramSums sums>
  Result<void> find_best(std::string_view word, std::vector<UnigramBuffers::Best>& best) const;
  void add_unknown(std::string_view text, uint32_t end, std::vector<int32_t>& ids, std::vector<uint32_t>* ends) const;

  Vocabulary vocabulary_;
  PieceTrie trie_;
  LargeVector<double> scores_;
  std::array<int32_t, 256> bytes_{};  // the tokens <0x00> to <0xFF>, -1 where there is none
  double unk_score_ = 0;
  std::optional<int32_t> unk_;
  bool byte_fallback_ = false;
  UnigramSums sums_ = UnigramSums::hugging_face;
};

}  // namespace weir
