#include "tokenizers/models/word_level.hpp"

#include <fmt/format.h>

namespace weir {

Result<void> WordLevel::encode(std::string_view word, EncodeBuffers&, std::vector<int32_t>& ids,
                               std::vector<uint32_t>* ends) const {
  auto id = vocabulary_.find(word);
  if (!id) id = unk_;
  if (!id)
    return fail(ErrorCode::tokenizer_error,
                fmt::format("a word has no token, and the unknown token '{}' is not in the vocabulary", unk_token_));
  ids.push_back(*id);
  if (ends != nullptr) ends->push_back(static_cast<uint32_t>(word.size()));
  return {};
}

std::string WordLevel::describe() const {
  return fmt::format("WordLevel: {} words, unknown {}", vocabulary_.size(), unk_token_);
}

}  // namespace weir
