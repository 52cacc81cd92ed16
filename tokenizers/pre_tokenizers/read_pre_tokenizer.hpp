#pragma once

#include <memory>

#include "base/error.hpp"
#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

class JsonAt;

// `pre_tokenizer` of tokenizer.json; a null pointer for null. `bytes`: what a ByteLevel at its end makes; raw is asked
// for only when `ends_in_byte_level`. unsupported: a kind that is not built, by name.
Result<std::unique_ptr<PreTokenizer>> read_pre_tokenizer(const JsonAt& part, ByteForm bytes = ByteForm::letters);

// Whether the last thing that `pre_tokenizer` does is ByteLevel, alone or at the end of a Sequence.
bool ends_in_byte_level(const JsonAt& part);

}  // namespace weir
