#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/normalized_text.hpp"
#include "tokenizers/scratch.hpp"

namespace weir {

// Which part of a text or pair gives way when it has too many tokens; what Hugging Face's strategies of the same names
// do.
enum class Truncation : uint8_t { longest_first, only_first, only_second };
// The end at which tokens are dropped.
enum class Side : uint8_t { right, left };

struct EncodeOptions {
  static constexpr uint32_t no_limit = std::numeric_limits<uint32_t>::max();

  uint32_t max_tokens = no_limit;  // of the whole sequence, special tokens included
  Truncation truncation = Truncation::longest_first;
  Side side = Side::right;
  bool add_special = true;  // [CLS], [SEP], ... as the tokenizer's post-processor says
  bool offsets = false;     // fill TokenBuffer::offsets and ::special; up to four times slower
  // A text that is too long makes several sequences instead of one cut short: windows of at most max_tokens, each with
  // the special tokens, of which neighbours share this many tokens of the text. Hugging Face's overflowing encodings,
  // in its order; for a pair every window of the part that gives way, with those of the other one.
  std::optional<uint32_t> window_stride;
  // False: a text alone that is cut at its right side is tokenized only as far as it matters, and Piece::dropped is 1
  // or more instead of exact (the exact number needs the whole text).
  bool count_dropped = true;
};

// The ids of many sequences, one after the other; owned by the caller, appended to by encode.
struct TokenBuffer {
  std::vector<int32_t> ids;
  std::vector<int32_t> type_ids;   // as long as ids, or empty while every type id is 0
  std::vector<TokenSpan> offsets;  // filled when EncodeOptions::offsets is set; do not mix both settings in one buffer
  std::vector<uint8_t> special;    // likewise: 1 for a token that the post-processor added

  void clear();

  // A state to go back to, which forgets what was appended since.
  struct Mark {
    size_t ids, type_ids, offsets, special;
  };
  Mark mark() const { return {ids.size(), type_ids.size(), offsets.size(), special.size()}; }
  void back_to(const Mark& mark);
};

// One encoded text or pair: ids [begin, begin + count) of the TokenBuffer.
struct Piece {
  uint32_t begin = 0;
  uint32_t count = 0;
  uint32_t dropped = 0;        // tokens lost to truncation, exactly (but see EncodeOptions::count_dropped)
  bool replaced_utf8 = false;  // invalid UTF-8 was in the text: each maximal invalid part became U+FFFD
};

// Ids of the roles that tokenizer_config.json and special_tokens_map.json name.
struct SpecialIds {
  std::optional<int32_t> unk, cls, sep, pad, mask, bos, eos;
};

struct TokenizerOptions {
  // sentence_bert_config.json's do_lower_case: texts are lower-cased as Python's str.lower does before anything else.
  bool lower_case = false;
};

// One line about a part of the tokenizer, for `weir inspect`.
struct TokenizerPart {
  std::string name;   // "normalizer"
  std::string value;  // "BertNormalizer: clean text, split Chinese characters, strip accents, lower case"
};

// Text and pairs of texts to token ids, id for id as Hugging Face tokenizers 0.23.3. Immutable after loading; shared by
// any number of threads, each with its own Scratch.
class Tokenizer {
 public:
  // Reads a model directory: tokenizer.json, else the files that older models have (readers/read_other_files.hpp);
  // tokenizer_config.json and special_tokens_map.json for what they add. The file's own truncation and padding are
  // ignored. What is not supported or is broken is an error that names file, JSON pointer and reason.
  static Result<std::shared_ptr<const Tokenizer>> load(const std::filesystem::path& dir,
                                                       const TokenizerOptions& options = {});

  virtual ~Tokenizer() = default;

  // Appends one sequence, or several when windows are asked for, to `out` and a piece for each to `pieces`. On an error
  // (a truncation that cannot reach max_tokens, windows that would not move on, a word that the model refuses) both are
  // as before.
  virtual Result<void> encode(std::string_view text, std::optional<std::string_view> pair, const EncodeOptions& options,
                              Scratch& scratch, TokenBuffer& out, std::vector<Piece>& pieces) const = 0;

  // The text of ids, as the file's decoder makes it; without special added tokens when `skip_special`. Ids that belong
  // to no token are left out, as in Hugging Face. tokenizer_error: a negative id.
  virtual Result<std::string> decode(std::span<const int32_t> ids, bool skip_special) const = 0;

  // One more than the highest id, added tokens included: the rows that an embedding table must have.
  virtual uint32_t vocab_size() const = 0;
  virtual std::optional<std::string_view> id_to_token(int32_t id) const = 0;
  virtual std::optional<int32_t> token_to_id(std::string_view token) const = 0;
  virtual const SpecialIds& special_ids() const = 0;
  // How many tokens the post-processor adds to a text or a pair.
  virtual uint32_t added_tokens(bool pair) const = 0;
  // tokenizer_config.json's model_max_length, when it is a real limit.
  virtual std::optional<uint32_t> model_max_length() const = 0;
  virtual std::vector<TokenizerPart> describe() const = 0;
};

std::string_view to_string(Truncation value);
std::optional<Truncation> truncation_from_string(std::string_view text);
std::string_view to_string(Side value);
std::optional<Side> side_from_string(std::string_view text);

}  // namespace weir
