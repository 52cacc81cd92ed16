#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <unistd.h>

#include "tokenizers/tokenizer.hpp"

namespace weir {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// A model directory of one file, in this process's own folder.
inline Result<std::shared_ptr<const Tokenizer>> load_tokenizer(std::string_view json, const TokenizerOptions& options) {
  static const auto dir =
      std::filesystem::temp_directory_path() / ("weir-fuzz-tokenizer-" + std::to_string(::getpid()));
  std::filesystem::create_directories(dir);
  std::ofstream(dir / "tokenizer.json", std::ios::binary | std::ios::trunc) << json;
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
  options.offsets = true;
  require(tokenizer.encode(text, pair, options, scratch, slow, pieces).has_value() == done);
  require(pieces.size() == (done ? 2 : 0));
  require(fast.ids == slow.ids && fast.type_ids == slow.type_ids);
  require(slow.offsets.size() == slow.ids.size() && slow.special.size() == slow.ids.size());
  require(fast.ids.size() <= options.max_tokens);
  for (const auto& span : slow.offsets) require(span.begin <= span.end);
  if (done) require(pieces[0].count == fast.ids.size() && pieces[0].dropped == pieces[1].dropped);
}

}  // namespace weir
