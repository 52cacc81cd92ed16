#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/tokenizer_config.hpp"

namespace weir {

// A tokenizer of a SentencePiece file (tokenizer.model, spiece.model, sentencepiece.bpe.model): with a tokenizer_class,
// the ids that transformers 5.23 gives for it; without one, those of SentencePiece itself. unsupported: another class.
Result<TokenizerParts> read_sentencepiece(const std::filesystem::path& file, TokenizerConfig config);

}  // namespace weir
