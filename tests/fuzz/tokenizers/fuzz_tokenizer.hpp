#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "tokenizers/tokenizer.hpp"

namespace weir {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// A model directory of one file, and perhaps another, in this process's own folder.
inline Result<std::shared_ptr<const Tokenizer>> load_tokenizer(std::string_view file, std::string_view bytes,
                                                               const TokenizerOptions& options,
                                                               std::string_view other = {},
                                                               std::string_view other_bytes = {}) {
  static const auto dir =
      std::filesystem::temp_directory_path() / ("weir-fuzz-tokenizer-" + std::to_string(::getpid()));
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  std::ofstream(dir / file, std::ios::binary) << bytes;
  if (!other.empty()) std::ofstream(dir / other, std::ios::binary) << other_bytes;
  return Tokenizer::load(dir, options);
}

// What holds of every encoded text, whatever the tokenizer.
inline void check_encoded(const Tokenizer& tokenizer, std::string_view text, std::optional<std::string_view> pair,
                          EncodeOptions options, Scratch& scratch) {
  TokenBuffer fast;
  TokenBuffer slow;
  std::vector<Piece> pieces;
  options.offsets = false;
  const bool done = tokenizer.encode(text, pair, options, scratch, fast, pieces).has_value();
  const auto fast_pieces = pieces.size();
  pieces.clear();
  options.offsets = true;
  require(tokenizer.encode(text, pair, options, scratch, slow, pieces).has_value() == done);
  require(pieces.size() == fast_pieces && (done ? !pieces.empty() : pieces.empty() && fast.ids.empty()));
  fast.type_ids.resize(fast.ids.size());
  slow.type_ids.resize(slow.ids.size());
  require(fast.ids == slow.ids && fast.type_ids == slow.type_ids);
  require(slow.offsets.size() == slow.ids.size() && slow.special.size() == slow.ids.size());
  for (const auto& piece : pieces) require(piece.count <= options.max_tokens);
  for (const auto& span : slow.offsets)
    require(span.begin <= span.end && span.end <= text.size() + (pair ? pair->size() : 0));
  if (!done) return;
  require(tokenizer.decode(fast.ids, false).has_value() && tokenizer.decode(fast.ids, true).has_value());
  if (options.window_stride || pair || options.max_tokens == EncodeOptions::no_limit) return;
  options.offsets = false;
  options.count_dropped = false;  // stops early, at the same ids
  TokenBuffer early;
  pieces.clear();
  require(tokenizer.encode(text, pair, options, scratch, early, pieces).has_value() && early.ids == fast.ids);
}

// A tokenizer that loaded does something with every text.
inline void check_loaded(const Tokenizer& tokenizer) {
  Scratch scratch;
  check_encoded(tokenizer, "Playing [SEP] caf\u00e9, a\u0301\u0323 \u4e2d x\n\n it's 1234  the\xff ab", std::nullopt,
                {}, scratch);
  EncodeOptions few;
  few.max_tokens = 4;
  check_encoded(tokenizer, "a b c d", "e f g", few, scratch);
  few.window_stride = 1;
  check_encoded(tokenizer, "a b ab the c d", std::nullopt, few, scratch);
  tokenizer.describe();
  for (int32_t id = -1; id < 300; ++id) tokenizer.id_to_token(id);
}

}  // namespace weir
