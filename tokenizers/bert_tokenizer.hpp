#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "tokenizers/added_tokens.hpp"
#include "tokenizers/bert_normalizer.hpp"
#include "tokenizers/post_processor.hpp"
#include "tokenizers/tokenizer.hpp"
#include "tokenizers/wordpiece.hpp"

namespace weir {

class WordCache;

// Everything a BERT tokenizer consists of, as a file said it.
struct BertParts {
  BertNormalizer normalizer;
  WordPiece model;
  PostProcessor post_processor;
  std::vector<AddedToken> added;
  SpecialIds special;
  std::optional<uint32_t> model_max_length;
  std::string file;  // that it was read from
};

// BertNormalizer, BertPreTokenizer, WordPiece.
class BertTokenizer final : public Tokenizer {
 public:
  BertTokenizer(BertParts parts, const TokenizerOptions& options);

  Result<void> encode(std::string_view text, std::optional<std::string_view> pair, const EncodeOptions& options,
                      Scratch& scratch, TokenBuffer& out, std::vector<Piece>& pieces) const override;
  uint32_t vocab_size() const override { return vocab_size_; }
  std::optional<std::string_view> id_to_token(int32_t id) const override;
  std::optional<int32_t> token_to_id(std::string_view token) const override;
  const SpecialIds& special_ids() const override { return parts_.special; }
  uint32_t added_tokens(bool pair) const override { return parts_.post_processor.added(pair); }
  std::optional<uint32_t> model_max_length() const override { return parts_.model_max_length; }
  std::vector<TokenizerPart> describe() const override;

 private:
  // Where the ids of one text go.
  struct Target {
    std::vector<int32_t>& ids;
    std::vector<TokenSpan>* spans;
  };

  bool tokenize(std::string_view text, bool spans, Scratch& scratch, size_t which) const;
  void add_segment(std::string_view text, uint32_t origin, EncodeBuffers& buffers, WordCache& cache,
                   Target target) const;
  void add_words(std::string_view text, size_t begin, EncodeBuffers& buffers, WordCache& cache, Target target) const;
  void add_word(std::string_view word, size_t begin, EncodeBuffers& buffers, WordCache& cache, Target target) const;

  const BertParts parts_;
  const TokenizerOptions options_;
  const uint64_t identity_;       // of this tokenizer in a Scratch
  AddedTokens raw_added_;         // looked for in the text
  AddedTokens normalized_added_;  // looked for in its normal form
  uint32_t vocab_size_ = 0;
};

// Reads tokenizer.json, or vocab.txt with its companions. The errors name file and place.
Result<BertParts> read_tokenizer_json(const std::filesystem::path& dir);
Result<BertParts> read_vocab_txt(const std::filesystem::path& dir);

}  // namespace weir
