#include "tokenizers/models/piece_trie.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <optional>

#include <fmt/format.h>

namespace weir {

namespace {

// Of 256 places, a bit each.
using Places = std::array<uint64_t, 4>;

bool contains(const Places& places, uint32_t place) { return (places[place / 64] >> place % 64 & 1) != 0; }

// A piece with its first bytes at hand: most pieces have no more.
struct Keyed {
  explicit Keyed(const PieceTrie::Piece& piece)
      : text(piece.first.data()), size(static_cast<uint32_t>(piece.first.size())), id(piece.second) {
    for (size_t i = 0; i < std::min(piece.first.size(), key_bytes); ++i)
      keys[i / 8] |= uint64_t{static_cast<unsigned char>(text[i])} << (56 - i % 8 * 8);
  }

  static constexpr size_t key_bytes = 16;

  // Its byte at a depth; 0 behind its end.
  unsigned byte(size_t depth) const {
    if (depth < key_bytes) return static_cast<unsigned char>(keys[depth / 8] >> (56 - depth % 8 * 8));
    return depth < size ? static_cast<unsigned char>(text[depth]) : 0;
  }
  // In the order of bytes.
  bool operator<(const Keyed& other) const {
    if (keys[0] != other.keys[0]) return keys[0] < other.keys[0];
    if (keys[1] != other.keys[1]) return keys[1] < other.keys[1];
    return std::string_view(text, size) < std::string_view(other.text, other.size);
  }

  std::array<uint64_t, 2> keys{};
  const char* text;
  uint32_t size;
  int32_t id;
};

// Sorts pieces that share `depth` bytes: by the next byte, as long as there are many. `other`: room for as many.
void sort_bytes(std::span<Keyed> pieces, std::span<Keyed> other, size_t depth) {
  constexpr size_t few = 64;
  if (pieces.size() <= few || depth == Keyed::key_bytes) return std::sort(pieces.begin(), pieces.end());
  std::array<size_t, 256> counts{};
  for (const auto& piece : pieces) ++counts[piece.byte(depth)];
  if (counts[pieces[0].byte(depth)] == pieces.size()) return sort_bytes(pieces, other, depth + 1);
  std::array<size_t, 256> ends;
  std::exclusive_scan(counts.begin(), counts.end(), ends.begin(), size_t{0});
  for (const auto& piece : pieces) other[ends[piece.byte(depth)]++] = piece;
  std::copy(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(pieces.size()), pieces.begin());
  for (size_t byte = 0; byte < 256; ++byte)
    if (counts[byte] > 1)
      sort_bytes(pieces.subspan(ends[byte] - counts[byte], counts[byte]), other.subspan(0, counts[byte]), depth + 1);
}

}  // namespace

// Finds places for the children of one node after the other, from the root down.
class PieceTrieBuilder {
 public:
  explicit PieceTrieBuilder(std::span<const PieceTrie::Piece> pieces) : pieces_(pieces.begin(), pieces.end()) {
    LargeVector<Keyed> other = pieces_;
    sort_bytes(pieces_, other, 0);
    size_t bytes = 0;
    for (const auto& piece : pieces_) bytes += piece.size;
    trie_.nodes_.reserve(std::min(bytes + 512, most_nodes));  // more than there will be; what is not used costs nothing
    add_block();                                              // of the leaves
    blocks_[0].free = {};
  }

  Result<PieceTrie> build() {
    trie_.root_ = place_children(0, pieces_.size(), 0);
    while (!waiting_.empty()) {
      const Range range = waiting_.back();
      waiting_.pop_back();
      const uint32_t base = place_children(range.begin, range.end, range.depth);
      if (trie_.nodes_.size() > most_nodes)
        return fail(ErrorCode::unsupported, fmt::format("the pieces need more than {} trie nodes", most_nodes));
      auto& node = trie_.nodes_[range.node];
      node.base_and_label = base << PieceTrie::label_bits | (node.base_and_label & PieceTrie::label_mask);
    }
    return std::move(trie_);
  }

 private:
  static constexpr size_t most_nodes = size_t{1} << (32 - PieceTrie::label_bits);
  // A block that did not suit so many nodes is tried no more: its last places would cost more time than memory.
  static constexpr uint32_t most_failures = 16;

  // Pieces [begin, end) begin with the same `depth` bytes, which lead to `node`.
  struct Range {
    size_t begin, end, depth;
    uint32_t node;
  };
  struct Block {
    Places free;
    Places bases;  // not given away yet
    uint32_t failures = 0;
  };

  void add_block() {
    constexpr uint64_t all = ~uint64_t{0};
    blocks_.push_back({{all, all, all, all}, {all, all, all, all}, 0});
    trie_.nodes_.resize(blocks_.size() * 256);
  }

  // Gives the children of the node of these pieces their places; they wait for their own children. Returns the base.
  uint32_t place_children(size_t begin, size_t end, size_t depth) {
    while (begin < end && pieces_[begin].size == depth) ++begin;  // the piece that ends here
    if (begin == end) return 0;
    children_.clear();
    for (size_t at = begin; at < end;) {
      const unsigned label = pieces_[at].byte(depth);
      const size_t from = at;
      while (at < end && pieces_[at].byte(depth) == label) ++at;
      children_.push_back({from, at, depth + 1, label});
    }
    const uint32_t base = find_base();
    blocks_[base / 256].bases[base / 64 % 4] &= ~(uint64_t{1} << base % 64);
    for (size_t i = children_.size(); i-- > 0;) {
      auto child = children_[i];
      const uint32_t label = child.node;
      child.node = base ^ label;
      blocks_[child.node / 256].free[child.node / 64 % 4] &= ~(uint64_t{1} << child.node % 64);
      auto& node = trie_.nodes_[child.node];
      node.base_and_label = label;
      if (pieces_[child.begin].size == child.depth) node.id = pieces_[child.begin].id;
      waiting_.push_back(child);
    }
    return base;
  }

  // A base in this block of which the places of all children are free; `children_` hold their labels as nodes.
  std::optional<uint32_t> find_base_in(const Block& block) const {
    for (uint32_t word = 0; word < 4; ++word)
      for (uint64_t free = block.free[word]; free != 0; free &= free - 1) {
        const uint32_t base = (word * 64 + static_cast<uint32_t>(std::countr_zero(free))) ^ children_[0].node;
        const auto fits = [&](const Range& child) { return contains(block.free, base ^ child.node); };
        if (contains(block.bases, base) && std::all_of(children_.begin() + 1, children_.end(), fits)) return base;
      }
    return std::nullopt;
  }

  uint32_t find_base() {
    for (size_t at = first_open_; at < blocks_.size(); ++at) {
      if (const auto base = find_base_in(blocks_[at])) return static_cast<uint32_t>(at * 256) + *base;
      if (++blocks_[at].failures >= most_failures && at == first_open_) ++first_open_;
    }
    add_block();
    return static_cast<uint32_t>((blocks_.size() - 1) * 256);
  }

  LargeVector<Keyed> pieces_;
  std::vector<Block> blocks_;
  size_t first_open_ = 1;
  std::vector<Range> waiting_;
  std::vector<Range> children_;
  PieceTrie trie_;
};

Result<PieceTrie> PieceTrie::make(std::span<const Piece> pieces) { return PieceTrieBuilder(pieces).build(); }

}  // namespace weir
