#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tokenizers/added_tokens.hpp"
#include "tokenizers/decoders/decoder.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/model.hpp"
#include "tokenizers/normalizer.hpp"
#include "tokenizers/post_processor.hpp"
#include "tokenizers/pre_tokenizer.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {

class JsonAt;
class SequenceWriter;
struct TokenizerConfig;
class WordCache;

// Everything a tokenizer consists of, as its files said it.
struct TokenizerParts {
  std::unique_ptr<Normalizer> normalizer;       // null: none
  std::unique_ptr<PreTokenizer> pre_tokenizer;  // null: the text between added tokens is one word
  std::unique_ptr<Model> model;
  PostProcessor post_processor;
  TokenDecoder decoder;
  std::vector<AddedToken> added;
  bool normal_forms = true;  // added tokens that are normalized are looked for in their normal form; else as written
  SpecialIds special;
  std::optional<uint32_t> model_max_length;
  std::string file;  // that it was read from
};

// The one tokenizer: a text passes added tokens looked for as they are, the normalizer, added tokens looked for in the
// normal form, the pre-tokenizer, and the model by way of the word cache; then truncation and the post-processor.
class PipelineTokenizer final : public Tokenizer {
 public:
  PipelineTokenizer(TokenizerParts parts, const TokenizerOptions& options);

  Result<void> encode(std::string_view text, std::optional<std::string_view> pair, const EncodeOptions& options,
                      Scratch& scratch, TokenBuffer& out, std::vector<Piece>& pieces) const override;
  Result<std::string> decode(std::span<const int32_t> ids, bool skip_special) const override;
  uint32_t vocab_size() const override { return vocab_size_; }
  std::optional<std::string_view> id_to_token(int32_t id) const override;
  std::optional<int32_t> token_to_id(std::string_view token) const override;
  const SpecialIds& special_ids() const override { return parts_.special; }
  uint32_t added_tokens(bool pair) const override { return parts_.post_processor.added(pair); }
  std::optional<uint32_t> model_max_length() const override { return parts_.model_max_length; }
  std::vector<TokenizerPart> describe() const override;

 private:
  static constexpr size_t no_limit = std::numeric_limits<size_t>::max();

  // One call of encode.
  struct Job {
    std::string_view text;
    std::optional<std::string_view> pair;
    const EncodeOptions& options;
    uint32_t room;  // for tokens of the texts
    EncodeBuffers& buffers;
    WordCache& cache;
  };
  // Where the tokens of one text go, and what is at hand on the way.
  struct Run {
    std::vector<int32_t>& ids;
    std::vector<TokenSpan>* spans;   // null: no offsets
    std::vector<TokenEdges>* edges;  // null: offsets are not trimmed
    size_t enough;                   // the model stops when there are as many ids
    EncodeBuffers& buffers;
    WordCache& cache;
  };

  Result<void> encode_one(const Job& job, SequenceWriter& writer, TokenBuffer& out, std::vector<Piece>& pieces) const;
  Result<void> encode_any(const Job& job, SequenceWriter& writer, TokenBuffer& out, std::vector<Piece>& pieces) const;
  bool edges_wanted(const EncodeOptions& options) const;
  Result<bool> tokenize(std::string_view text, Run& run) const;
  Result<void> add_segment(TextView text, bool at_start, Run& run) const;
  Result<void> add_words(TextView text, bool at_start, Run& run) const;
  Result<void> add_cached(const Words& words, Run& run) const;
  Result<void> add_traced(TextView word, Run& run) const;
  void add_token(int32_t id, TextView text, Run& run) const;

  const TokenizerParts parts_;
  const TokenizerOptions options_;
  const uint64_t identity_;       // of this tokenizer in a Scratch
  AddedTokens raw_added_;         // looked for in the text
  AddedTokens normalized_added_;  // looked for in its normal form
  std::unordered_map<int32_t, const AddedToken*> added_by_id_;
  std::unordered_map<std::string_view, int32_t> added_by_content_;
  std::unordered_map<int32_t, std::string> normal_forms_;  // of added tokens: what Hugging Face calls them by id
  uint32_t vocab_size_ = 0;
  bool traces_start_ = false;  // origins are needed to tell where the text starts
};

// Reads tokenizer.json, or vocab.txt. The errors name file and place.
Result<TokenizerParts> read_tokenizer_json(const std::filesystem::path& dir);
Result<TokenizerParts> read_vocab_txt(const std::filesystem::path& dir, TokenizerConfig config);
// The parts around a model, as in tokenizer.json (its `model` is not read; added tokens get their ids from this one).
Result<TokenizerParts> read_parts(const JsonAt& root, std::unique_ptr<Model> model, TokenizerConfig config);

}  // namespace weir
