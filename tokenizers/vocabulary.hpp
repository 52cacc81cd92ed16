#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/large_pages.hpp"

namespace weir {

class PrefixSet;

// Tokens and their ids, both ways. Immutable after building; for any thread.
class Vocabulary {
 public:
  using Entry = std::pair<std::string_view, int64_t>;
  // What a token means that stands in the list twice: an error, or find() gives the last of its ids.
  enum class Repeated { refused, last_counts };

  // Takes tokens in any order of ids. corrupt: an id twice, a token twice, an id out of bounds (`place` names the
  // file). `beginnings` becomes the set of what the tokens begin with, by hash().
  static Result<Vocabulary> make(std::span<const Entry> tokens, const std::string& place,
                                 Repeated repeated = Repeated::refused, PrefixSet* beginnings = nullptr);
  static Result<Vocabulary> make(const std::vector<std::pair<std::string, int64_t>>& tokens, const std::string& place,
                                 PrefixSet* beginnings = nullptr);

  std::optional<int32_t> find(std::string_view token) const { return find(token, hash(token)); }
  std::optional<int32_t> find(std::string_view token, uint64_t hash) const;
  // The same for many tokens: their ids, -1 for none. Faster than one by one, since memory is asked for ahead.
  void find_all(std::span<const std::string_view> tokens, std::span<int32_t> ids) const;
  // The token of an id; nullopt for a hole.
  std::optional<std::string_view> token(int32_t id) const {
    if (id < 0 || static_cast<size_t>(id) >= spans_.size() || spans_[static_cast<size_t>(id)].length < 0)
      return std::nullopt;
    return text(spans_[static_cast<size_t>(id)]);
  }

  uint32_t size() const { return static_cast<uint32_t>(spans_.size()); }  // the highest id and one
  size_t longest() const { return longest_; }                             // bytes
  bool is_one_to_one() const { return one_to_one_; }                      // no token stands in the list twice

  // FNV-1a, so that the hashes of all prefixes of a word come from one pass.
  static constexpr uint64_t hash_start = 0xcbf29ce484222325;
  static uint64_t hash_next(uint64_t hash, char byte) {
    return (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  static uint64_t hash(std::string_view token) {
    uint64_t value = hash_start;
    for (char byte : token) value = hash_next(value, byte);
    return value;
  }

 private:
  struct Span {
    uint32_t begin = 0;
    int32_t length = -1;  // -1: no token has this id
  };
  struct Slot {
    int32_t id = -1;
    uint32_t tag = 0;  // upper half of the hash
  };
  std::string_view text(Span span) const { return {text_.data() + span.begin, static_cast<size_t>(span.length)}; }
  static size_t spread(uint64_t hash) { return static_cast<size_t>(hash ^ hash >> 32); }

  std::string text_;
  LargeVector<Span> spans_;  // by id
  LargeVector<Slot> slots_;  // open addressing, half full at most
  size_t longest_ = 0;
  bool one_to_one_ = true;
};

}  // namespace weir
