#pragma once

#include <memory>

#include "base/error.hpp"
#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

class JsonAt;

// The ByteLevel of tokenizer.json: puts a blank before words that begin without one (add_prefix_space), splits like
// GPT-2 (use_regex), and writes each byte as the letter that stands for it, unless `bytes` is raw. Errors name file and
// place.
Result<std::unique_ptr<PreTokenizer>> make_byte_level(const JsonAt& json, ByteForm bytes);

}  // namespace weir
