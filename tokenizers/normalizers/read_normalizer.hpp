#pragma once

#include <memory>

#include "base/error.hpp"
#include "tokenizers/normalizer.hpp"

namespace weir {

class JsonAt;

// `normalizer` of tokenizer.json; a null pointer for null. unsupported: a kind that is not built, by name.
Result<std::unique_ptr<Normalizer>> read_normalizer(const JsonAt& part);

}  // namespace weir
