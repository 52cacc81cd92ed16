#include "tokenizers/models/wordpiece.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

Result<std::unique_ptr<Model>> WordPiece::make(Vocabulary vocabulary, PrefixSet beginnings, std::string unk,
                                               const std::string& prefix, uint32_t max_chars,
                                               const std::string& place) {
  auto made = std::make_unique<WordPiece>();
  const auto unk_id = vocabulary.find(unk);
  if (!unk_id)
    return fail(ErrorCode::corrupt, fmt::format("{}: the unknown token '{}' is not in the vocabulary", place, unk));
  std::vector<PieceTrie::Piece> continuing;
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary.size()); ++id) {
    const auto token = vocabulary.token(id);
    if (token && token->size() > prefix.size() && token->starts_with(prefix))
      continuing.emplace_back(token->substr(prefix.size()), id);
  }
  auto trie = PieceTrie::make(std::move(continuing));
  if (!trie) return fail(std::move(trie.error()));
  made->continuing_ = std::move(*trie);
  made->vocabulary_ = std::move(vocabulary);
  made->beginnings_ = std::move(beginnings);
  made->unk_token_ = std::move(unk);
  made->unk_ = *unk_id;
  made->max_chars_ = max_chars;
  return made;
}

std::string WordPiece::describe() const {
  return fmt::format("WordPiece: {} tokens, unknown {}, words up to {} characters", vocabulary_.size(), unk_token_,
                     max_chars_);
}

// The longest token that the word begins with. The set tells how far to look, so that few are looked up in vain.
WordPiece::Piece WordPiece::first_piece(std::string_view word, std::vector<PieceEnd>& ends) const {
  ends.resize(std::max(ends.size(), vocabulary_.longest()));
  size_t count = 0;
  uint64_t hash = Vocabulary::hash_start;
  const size_t most = std::min(word.size(), vocabulary_.longest());
  for (size_t i = 0; i < most; ++i) {
    hash = Vocabulary::hash_next(hash, word[i]);
    const uint32_t known = beginnings_.find(hash);
    if (known == 0) break;
    ends[count] = {hash, i + 1};
    count += known / PrefixSet::token;
  }
  while (count-- > 0) {
    const auto [value, size] = ends[count];
    const bool at_character = size == word.size() || !utf8::is_continuation(word[size]);
    if (!at_character) continue;
    if (const auto id = vocabulary_.find(word.substr(0, size), value)) return {*id, size};
  }
  return {};
}

WordPiece::Piece WordPiece::next_piece(std::string_view rest) const {
  Piece piece;
  PieceTrie::Walk walk(continuing_);
  for (size_t at = 0; at < rest.size() && walk.next(rest[at]);) {
    ++at;
    const bool at_character = at == rest.size() || !utf8::is_continuation(rest[at]);
    if (walk.id() >= 0 && at_character) piece = {walk.id(), at};
  }
  return piece;
}

Result<void> WordPiece::encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                               std::vector<uint32_t>* ends) const {
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
    const auto piece = begin == 0 ? first_piece(word, buffers.piece_ends) : next_piece(word.substr(begin));
    if (piece.id < 0) return unknown(first_id, first_end), Result<void>();
    ids.push_back(piece.id);
    begin += piece.size;
    if (ends != nullptr) ends->push_back(static_cast<uint32_t>(begin));
  }
  return {};
}

}  // namespace weir
