#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tokenizers/model.hpp"
#include "tokenizers/models/bpe_symbols.hpp"
#include "tokenizers/models/merge_reader.hpp"
#include "tokenizers/models/merge_table.hpp"
#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

// Byte pair encoding as Hugging Face does it: of all pairs of neighbours that may merge, the one of the lowest rank
// does, of equal ones the leftmost. Short words by scanning, long ones with a heap, the longest in parts.
class Bpe final : public Model {
 public:
  // `place` names the list of merges. corrupt: a merge names a token that the vocabulary lacks. unsupported: more ids
  // or merges than a MergeTable holds.
  static Result<std::unique_ptr<Bpe>> make(Vocabulary vocabulary, std::span<const MergePair> merges, BpeOptions options,
                                           const std::string& place);
  // The same with merges whose tokens are looked up already, in the order of their ranks.
  static Result<std::unique_ptr<Bpe>> make(Vocabulary vocabulary, LargeVector<Merge> merges, BpeOptions options,
                                           const std::string& place);

  Result<void> encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                      std::vector<uint32_t>* ends) const override;
  bool use_raw_bytes() override;
  const PreTokenizer* safe_splits() const override { return splits_.get(); }
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::string describe() const override;

 private:
  Bpe(Vocabulary vocabulary, LargeVector<Merge> merges, BpeOptions options);

  bool blanks_stand_in_front(std::span<const Merge> merges) const;
  void find_words();
  std::optional<int32_t> whole(std::string_view word, BpeBuffers& work) const;
  void merge_short(BpeBuffers& work) const;

  Vocabulary vocabulary_;
  BpeOptions options_;
  BpeSymbols symbols_;
  MergeTable merges_;
  bool raw_ = false;
  bool growing_ = true;  // no merge leaves its token as it was: then merge_short does what merge_long does
  HashFilter words_;     // with raw bytes and ignore_merges: of the tokens as bytes
  std::unique_ptr<const PreTokenizer> splits_;
};

}  // namespace weir
