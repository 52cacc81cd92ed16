#pragma once

#include <memory>

#include "base/error.hpp"
#include "tokenizers/model.hpp"

namespace weir {

class JsonAt;

// `model` of tokenizer.json: BPE, Unigram, WordLevel, WordPiece. Files of tokenizers before 0.14 name no type; then the
// members tell. The errors name file and JSON pointer. corrupt: a member of the wrong kind, a merge of unknown tokens,
// an id that stands twice or is out of bounds. unsupported: dropout, which makes ids random.
Result<std::unique_ptr<Model>> read_model(const JsonAt& part);

}  // namespace weir
