#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/tokenizer_config.hpp"

namespace weir {

// A tokenizer of a tiktoken file (a line is a token in base64 and its rank): with a tokenizer_class, as transformers
// 5.23 converts it; without one the file must be known by its number of ranks (Llama 3, Qwen), since it names neither
// the expression that splits texts nor the special tokens. unsupported: it is not.
Result<TokenizerParts> read_tiktoken(const std::filesystem::path& file, TokenizerConfig config);

}  // namespace weir
