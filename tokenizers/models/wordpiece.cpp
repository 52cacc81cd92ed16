#include "tokenizers/models/wordpiece.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

Result<std::unique_ptr<Model>> WordPiece::make(Vocabulary vocabulary, std::string unk, const std::string& prefix,
                                               uint32_t max_chars, const std::string& place) {
  auto made = std::make_unique<WordPiece>();
  const auto unk_id = vocabulary.find(unk);
  if (!unk_id)
    return fail(ErrorCode::corrupt, fmt::format("{}: the unknown token '{}' is not in the vocabulary", place, unk));
  std::vector<std::pair<std::string, int64_t>> continuing;
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    const auto token = vocabulary.token(static_cast<int32_t>(id));
    if (token && token->starts_with(prefix) && token->size() > prefix.size())
      continuing.emplace_back(token->substr(prefix.size()), id);
  }
  auto pieces = Vocabulary::make(continuing, place);
  if (!pieces) return fail(std::move(pieces.error()));
  made->vocabulary_ = std::move(vocabulary);
  made->continuing_ = std::move(*pieces);
  made->unk_token_ = std::move(unk);
  made->unk_ = *unk_id;
  made->max_chars_ = max_chars;
  return made;
}

std::string WordPiece::describe() const {
  return fmt::format("WordPiece: {} tokens, unknown {}, words up to {} characters", vocabulary_.size(), unk_token_,
                     max_chars_);
}

Result<void> WordPiece::encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                               std::vector<uint32_t>* ends) const {
  auto& hashes = buffers.hashes;
  const auto unknown = [&](size_t first_id, size_t first_end) {
    ids.resize(first_id);
    ids.push_back(unk_);
    if (ends != nullptr) {
      ends->resize(first_end);
      ends->push_back(static_cast<uint32_t>(word.size()));
    }
  };
  const size_t first_id = ids.size();
  const size_t first_end = ends != nullptr ? ends->size() : 0;
  if (word.size() > max_chars_ && utf8::count(word) > max_chars_) return unknown(first_id, first_end), Result<void>();
  for (size_t begin = 0; begin < word.size();) {
    const Vocabulary& known = begin == 0 ? vocabulary_ : continuing_;
    const size_t longest = std::min(known.longest(), word.size() - begin);
    hashes.clear();
    uint64_t hash = Vocabulary::hash_start;
    for (size_t i = 0; i < longest; ++i) hashes.push_back(hash = Vocabulary::hash_next(hash, word[begin + i]));
    size_t length = longest;
    std::optional<int32_t> id;
    for (; length > 0; --length) {
      const bool at_character = begin + length == word.size() || !utf8::is_continuation(word[begin + length]);
      if (at_character && (id = known.find(word.substr(begin, length), hashes[length - 1]))) break;
    }
    if (!id) return unknown(first_id, first_end), Result<void>();
    ids.push_back(*id);
    begin += length;
    if (ends != nullptr) ends->push_back(static_cast<uint32_t>(begin));
  }
  return {};
}

}  // namespace weir
