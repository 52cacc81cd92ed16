#pragma once

#include <memory>

#include "base/error.hpp"
#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/model.hpp"

namespace weir {

class JsonAt;

// `model` of tokenizer.json. `bytes`: raw when the words that it gets are bytes as they are though its tokens are
// written in the byte alphabet (BPE only). unsupported: a kind or a setting that is not built, by name.
Result<std::unique_ptr<Model>> read_model(const JsonAt& part, ByteForm bytes = ByteForm::letters);

}  // namespace weir
