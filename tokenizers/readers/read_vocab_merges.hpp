#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/tokenizer_config.hpp"

namespace weir {

// A tokenizer of vocab.json and merges.txt, with what transformers 5.23 adds for GPT2Tokenizer, RobertaTokenizer,
// CLIPTokenizer and Qwen2Tokenizer. unsupported: another class, or none.
Result<TokenizerParts> read_vocab_merges(const std::filesystem::path& dir, TokenizerConfig config);

// CLIP as OpenAI ships it: bpe_simple_vocab_16e6.txt holds the merges, whose order gives the ids.
Result<TokenizerParts> read_clip_merges(const std::filesystem::path& file, TokenizerConfig config);

}  // namespace weir
