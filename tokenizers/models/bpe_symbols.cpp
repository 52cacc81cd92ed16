#include "tokenizers/models/bpe_symbols.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

void BpeSymbols::CharacterMap::set(char32_t c, int32_t id) {
  auto& page = pages_[c >> 8];
  if (page == 0) {
    page = static_cast<uint16_t>(ids_.size() / 256);
    ids_.resize(ids_.size() + 256, -1);
  }
  ids_[page * size_t{256} + (c & 255)] = id;
}

BpeSymbols::BpeSymbols(const Vocabulary& vocabulary, const BpeOptions& options) : options_(options), maps_(4) {
  if (options_.unk_token) unk_ = vocabulary.find(*options_.unk_token);
  if (!options_.continuing_subword_prefix.empty()) surrounds_ |= with_prefix;
  if (!options_.end_of_word_suffix.empty()) surrounds_ |= with_suffix;
  for (size_t byte = 0; byte < 256; ++byte)
    fallback_[byte] = vocabulary.find(fmt::format("<0x{:02X}>", byte)).value_or(-1);
  add_characters(vocabulary);
}

void BpeSymbols::add_characters(const Vocabulary& vocabulary) {
  const std::string_view prefix = options_.continuing_subword_prefix;
  const std::string_view suffix = options_.end_of_word_suffix;
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary.size()); ++id) {
    const auto token = vocabulary.token(id);
    if (!token || token->size() > prefix.size() + suffix.size() + 4 || !utf8::valid(*token)) continue;
    for (unsigned around = 0; around < 4; ++around) {
      if ((around & surrounds_) != around) continue;
      std::string_view inner = *token;
      if ((around & with_prefix) != 0) {
        if (!inner.starts_with(prefix)) continue;
        inner.remove_prefix(prefix.size());
      }
      if ((around & with_suffix) != 0) {
        if (!inner.ends_with(suffix)) continue;
        inner.remove_suffix(suffix.size());
      }
      if (inner.empty() || utf8::is_continuation(inner.front()) || utf8::count(inner) != 1) continue;
      const char* p = inner.data();
      maps_[around].set(utf8::next(p), id);
    }
  }
}

bool BpeSymbols::use_raw_bytes() {
  for (unsigned around = 0; around < 4; ++around) {
    for (size_t byte = 0; byte < 256; ++byte) {
      bytes_[around][byte] = maps_[around & surrounds_].find(byte_letters[byte]);
      if (bytes_[around][byte] < 0) return false;
    }
  }
  raw_ = true;
  return true;
}

bool BpeSymbols::may_lose_characters() const {
  const bool all_bytes = std::all_of(fallback_.begin(), fallback_.end(), [](int32_t id) { return id >= 0; });
  return !options_.unk_token && !(options_.byte_fallback && all_bytes);
}

void BpeSymbols::split_bytes(std::string_view word, std::vector<Symbol>& out) const {
  out.resize(word.size());
  const auto id = [&](size_t at, unsigned around) { return bytes_[around][static_cast<unsigned char>(word[at])]; };
  const size_t last = word.size() - 1;
  out[0] = {id(0, last == 0 ? with_suffix : 0), 1};
  for (size_t i = 1; i < last; ++i) out[i] = {id(i, with_prefix), 1};
  if (last > 0) out[last] = {id(last, with_prefix | with_suffix), 1};
}

bool BpeSymbols::fall_back(std::string_view character, unsigned around, std::vector<Symbol>& out) const {
  // Hugging Face falls back from the character with what stands around it, and counts a byte for each.
  std::string text(character);
  if ((around & with_prefix) != 0) text.insert(0, options_.continuing_subword_prefix);
  if ((around & with_suffix) != 0) text += options_.end_of_word_suffix;
  const auto token = [this](char byte) { return fallback_[static_cast<unsigned char>(byte)]; };
  if (std::any_of(text.begin(), text.end(), [&](char byte) { return token(byte) < 0; })) return false;
  for (char byte : text) out.push_back({token(byte), 1});
  return true;
}

Result<void> BpeSymbols::split(std::string_view word, std::vector<Symbol>& out) const {
  out.clear();
  if (word.empty()) return {};
  if (raw_) {
    split_bytes(word, out);
    return {};
  }
  Symbol unknown;  // waits for its like (fuse_unk); the bytes of a later character overtake it, as they do there
  const auto flush = [&] {
    if (unknown.length > 0) out.push_back(unknown);
    unknown.length = 0;
  };
  const char* const end = word.data() + word.size();
  for (const char* p = word.data(); p < end;) {
    const char* const begin = p;
    const char32_t c = utf8::next(p);
    const auto length = static_cast<uint32_t>(p - begin);
    const unsigned around = surrounds_ & ((begin != word.data() ? with_prefix : 0) | (p == end ? with_suffix : 0));
    if (const int32_t id = maps_[around].find(c); id >= 0) {
      flush();
      out.push_back({id, length});
      continue;
    }
    if (options_.byte_fallback && fall_back({begin, length}, around, out)) continue;
    if (!options_.unk_token) continue;  // the character is lost, and the offsets behind it move
    if (!unk_)
      return fail(ErrorCode::tokenizer_error,
                  fmt::format("'{}' has no token, and the unknown token '{}' is not in the vocabulary",
                              std::string_view(begin, length), *options_.unk_token));
    if (!options_.fuse_unk) flush();
    unknown = {*unk_, unknown.length + length};
  }
  flush();
  return {};
}

}  // namespace weir
