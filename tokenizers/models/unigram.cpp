#include "tokenizers/models/unigram.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

constexpr double unknown_penalty = 10.0;  // SentencePiece's kUnkPenalty

size_t character_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// A sum of scores.
template <UnigramSums sums>
double rounded(double sum) {
  return sums == UnigramSums::sentencepiece ? static_cast<float>(sum) : sum;
}

}  // namespace

Result<std::unique_ptr<Unigram>> Unigram::make(std::span<const ScoredPiece> pieces, std::optional<int32_t> unk,
                                               bool byte_fallback, const std::string& place, UnigramSums sums) {
  if (unk && static_cast<size_t>(*unk) >= pieces.size())
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the unknown piece is number {} of {}", place, *unk, pieces.size()));
  std::unique_ptr<Unigram> made(new Unigram);
  LargeVector<Vocabulary::Entry> entries;
  entries.reserve(pieces.size());
  made->scores_.reserve(pieces.size());
  double lowest = std::numeric_limits<double>::infinity();
  for (const auto& piece : pieces) {
    entries.emplace_back(piece.text, static_cast<int64_t>(entries.size()));
    made->scores_.push_back(piece.score);
    if (piece.in_texts) lowest = std::min(lowest, piece.score);
  }
  auto vocabulary = Vocabulary::make(entries, place, Vocabulary::Repeated::last_counts);
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  made->vocabulary_ = std::move(*vocabulary);
  LargeVector<PieceTrie::Piece> words;
  words.reserve(pieces.size());
  for (size_t id = 0; id < pieces.size(); ++id)
    if (pieces[id].in_texts && !pieces[id].text.empty() &&
        (made->vocabulary_.is_one_to_one() || made->vocabulary_.find(pieces[id].text) == static_cast<int32_t>(id)))
      words.emplace_back(pieces[id].text, static_cast<int32_t>(id));
  auto trie = PieceTrie::make(words);
  if (!trie) return fail(trie.error().code, fmt::format("{}: {}", place, trie.error().message));
  made->trie_ = std::move(*trie);
  for (size_t byte = 0; byte < 256; ++byte)
    made->bytes_[byte] = made->vocabulary_.find(fmt::format("<0x{:02X}>", byte)).value_or(-1);
  made->unk_score_ = lowest - unknown_penalty;
  made->unk_ = unk;
  made->byte_fallback_ = byte_fallback;
  made->sums_ = sums;
  return made;
}

std::string Unigram::describe() const {
  return fmt::format("Unigram: {} pieces, unknown {}{}", vocabulary_.size(), unk_ ? *vocabulary_.token(*unk_) : "none",
                     byte_fallback_ ? ", byte fallback" : "");
}

// Fills `best` for each end of a character.
template <UnigramSums sums>
Result<void> Unigram::find_best(std::string_view word, std::vector<UnigramBuffers::Best>& best) const {
  using Best = UnigramBuffers::Best;
  best.assign(word.size() + 1, Best());
  for (size_t begin = 0; begin < word.size();) {
    const double before = best[begin].score;
    const size_t length = character_length(word[begin]);
    const auto better = [&](const Best& at, double score) { return at.begin == Best::unreached || score > at.score; };
    bool alone = false;  // the character is a piece
    PieceTrie::Walk walk(trie_);
    for (size_t end = begin; end < word.size() && walk.next(word[end]);) {
      ++end;
      if (walk.id() < 0) continue;
      const double score = rounded<sums>(scores_[static_cast<size_t>(walk.id())] + before);
      if (better(best[end], score)) best[end] = {score, static_cast<uint32_t>(begin), walk.id()};
      alone = alone || end - begin == length;
    }
    if (!alone) {
      const double score = rounded<sums>(unk_score_ + before);
      auto& at = best[begin + length];
      if (better(at, score)) {
        if (!unk_)
          return fail(ErrorCode::tokenizer_error,
                      fmt::format("'{}' is no piece of the vocabulary, and it has no unknown piece",
                                  word.substr(begin, length)));
        at = {score, static_cast<uint32_t>(begin), *unk_};
      }
    }
    begin += length;
  }
  return {};
}

Result<void> Unigram::encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                             std::vector<uint32_t>* ends) const {
  auto& [best, path] = buffers.unigram;
  auto done = sums_ == UnigramSums::hugging_face ? find_best<UnigramSums::hugging_face>(word, best)
                                                 : find_best<UnigramSums::sentencepiece>(word, best);
  if (!done) return done;
  path.clear();
  for (auto end = static_cast<uint32_t>(word.size()); end > 0; end = best[end].begin)
    path.push_back({best[end].begin, end, best[end].id});
  for (size_t i = path.size(); i-- > 0;) {
    const auto piece = path[i];
    if (piece.id != unk_) {
      ids.push_back(piece.id);
      if (ends != nullptr) ends->push_back(piece.end);
      continue;
    }
    while (i > 0 && path[i - 1].id == unk_) --i;  // unknown neighbours are one token
    const uint32_t end = path[i].end;
    add_unknown(word.substr(piece.begin, end - piece.begin), end, ids, ends);
  }
  return {};
}

// Hugging Face looks up the text once more: together, what was unknown may be a piece after all.
void Unigram::add_unknown(std::string_view text, uint32_t end, std::vector<int32_t>& ids,
                          std::vector<uint32_t>* ends) const {
  const auto token = [this](char byte) { return bytes_[static_cast<unsigned char>(byte)]; };
  const auto add = [&](int32_t id) {
    ids.push_back(id);
    if (ends != nullptr) ends->push_back(end);
  };
  if (const auto known = vocabulary_.find(text)) return add(*known);
  if (byte_fallback_ && std::all_of(text.begin(), text.end(), [&](char byte) { return token(byte) >= 0; })) {
    for (char byte : text) add(token(byte));
    return;
  }
  add(*unk_);
}

}  // namespace weir
