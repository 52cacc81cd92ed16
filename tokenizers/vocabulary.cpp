#include "tokenizers/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include "tokenizers/models/prefix_set.hpp"

namespace weir {
namespace {

constexpr int64_t most_ids = 4'000'000;  // ten times the largest vocabulary in use: a hostile id must not cost memory

uint64_t hash_all_beginnings(std::string_view token, PrefixSet& beginnings) {
  uint64_t hash = Vocabulary::hash_start;
  for (const char byte : token) beginnings.add(hash = Vocabulary::hash_next(hash, byte), PrefixSet::prefix);
  beginnings.add(hash, PrefixSet::token);
  return hash;
}

}  // namespace

Result<Vocabulary> Vocabulary::make(const std::vector<std::pair<std::string, int64_t>>& tokens,
                                    const std::string& place, PrefixSet* beginnings) {
  const std::vector<Entry> entries(tokens.begin(), tokens.end());
  return make(entries, place, Repeated::refused, beginnings);
}

Result<Vocabulary> Vocabulary::make(std::span<const Entry> tokens, const std::string& place, Repeated repeated,
                                    PrefixSet* beginnings) {
  Vocabulary made;
  int64_t highest = -1;
  size_t bytes = 0;
  for (const auto& [token, id] : tokens) {
    if (id < 0 || id >= most_ids)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: token '{}' has id {}; ids go from 0 to {}", place, token, id, most_ids - 1));
    highest = std::max(highest, id);
    bytes += token.size();
  }
  made.text_.reserve(bytes);
  made.spans_.resize(static_cast<size_t>(highest + 1));
  made.slots_.resize(std::bit_ceil(std::max<size_t>(tokens.size() + tokens.size() / 2, 16)));
  const size_t mask = made.slots_.size() - 1;
  if (beginnings != nullptr) *beginnings = PrefixSet(tokens.size());
  constexpr size_t ahead = 16;
  std::array<uint64_t, ahead> hashes{};  // of the next tokens, whose slots are on their way
  const auto hash_of = [&](size_t i) {
    if (i >= tokens.size()) return;
    const auto token = tokens[i].first;
    hashes[i % ahead] = beginnings != nullptr ? hash_all_beginnings(token, *beginnings) : hash(token);
    __builtin_prefetch(&made.slots_[spread(hashes[i % ahead]) & mask]);
  };
  for (size_t i = 0; i < ahead; ++i) hash_of(i);
  for (size_t i = 0; i < tokens.size(); ++i) {
    const auto& [token, id] = tokens[i];
    const uint64_t value = hashes[i % ahead];
    hash_of(i + ahead);
    auto& span = made.spans_[static_cast<size_t>(id)];
    if (span.length >= 0)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: id {} belongs to '{}' and to '{}'", place, id, made.text(span), token));
    span = {static_cast<uint32_t>(made.text_.size()), static_cast<int32_t>(token.size())};
    made.text_ += token;
    made.longest_ = std::max(made.longest_, token.size());
    const auto tag = static_cast<uint32_t>(value >> 32);
    size_t at = spread(value) & mask;
    for (; made.slots_[at].id >= 0; at = (at + 1) & mask) {
      const Slot slot = made.slots_[at];
      if (slot.tag != tag || made.text(made.spans_[static_cast<size_t>(slot.id)]) != token) continue;
      made.one_to_one_ = false;
      if (repeated == Repeated::last_counts) break;
      return fail(ErrorCode::corrupt, fmt::format("{}: token '{}' stands twice", place, token));
    }
    made.slots_[at] = {static_cast<int32_t>(id), tag};
  }
  return made;
}

std::optional<int32_t> Vocabulary::find(std::string_view token, uint64_t value) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = spread(value) & mask; slots_[at].id >= 0; at = (at + 1) & mask) {
    if (slots_[at].tag != static_cast<uint32_t>(value >> 32)) continue;
    if (text(spans_[static_cast<size_t>(slots_[at].id)]) == token) return slots_[at].id;
  }
  return std::nullopt;
}

void Vocabulary::find_all(std::span<const std::string_view> tokens, std::span<int32_t> ids) const {
  constexpr size_t block = 32;
  std::array<uint64_t, block> hashes;
  const size_t mask = slots_.size() - 1;
  for (size_t from = 0; from < tokens.size(); from += block) {
    const size_t count = std::min(block, tokens.size() - from);
    for (size_t i = 0; i < count; ++i) {
      hashes[i] = hash(tokens[from + i]);
      __builtin_prefetch(&slots_[spread(hashes[i]) & mask]);
    }
    for (size_t i = 0; i < count; ++i)
      if (const auto& slot = slots_[spread(hashes[i]) & mask]; slot.id >= 0)
        __builtin_prefetch(&spans_[static_cast<size_t>(slot.id)]);
    for (size_t i = 0; i < count; ++i)
      if (const auto& slot = slots_[spread(hashes[i]) & mask]; slot.id >= 0)
        __builtin_prefetch(text_.data() + spans_[static_cast<size_t>(slot.id)].begin);
    for (size_t i = 0; i < count; ++i) ids[from + i] = find(tokens[from + i], hashes[i]).value_or(-1);
  }
}

}  // namespace weir
