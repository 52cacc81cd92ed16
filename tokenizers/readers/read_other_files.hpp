#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"

namespace weir {

// A model directory without tokenizer.json, by the files that it has: a SentencePiece or tiktoken file, vocab.json with
// merges.txt, CLIP's merges, vocab.txt. The errors name the file and the fix.
Result<TokenizerParts> read_other_files(const std::filesystem::path& dir);

}  // namespace weir
