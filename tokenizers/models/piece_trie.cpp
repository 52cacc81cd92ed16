#include "tokenizers/models/piece_trie.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

namespace weir {

// Finds places for the children of one node after the other, from the root down.
class PieceTrieBuilder {
 public:
  explicit PieceTrieBuilder(std::vector<PieceTrie::Piece> pieces) : pieces_(std::move(pieces)) {
    std::sort(pieces_.begin(), pieces_.end());
    add_block();  // of the leaves
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
  // A node with several children is tried in this many of the newest blocks: more would save memory and cost time.
  static constexpr size_t open_blocks = 8;

  // Pieces [begin, end) begin with the same `depth` bytes, which lead to `node`.
  struct Range {
    size_t begin, end, depth;
    uint32_t node;
  };
  struct Block {
    std::array<uint64_t, 4> free;   // places
    std::array<uint64_t, 4> bases;  // that are given away
  };

  bool is_free(uint32_t place) const { return bit(blocks_[place / 256].free, place); }
  static bool bit(const std::array<uint64_t, 4>& bits, uint32_t place) {
    return (bits[place / 64 % 4] >> place % 64 & 1) != 0;
  }

  void add_block() {
    constexpr uint64_t all = ~uint64_t{0};
    blocks_.push_back({{all, all, all, all}, {}});
    trie_.nodes_.resize(blocks_.size() * 256);
  }

  // Gives the children of the node of these pieces their places; they wait for their own children. Returns the base.
  uint32_t place_children(size_t begin, size_t end, size_t depth) {
    while (begin < end && pieces_[begin].first.size() == depth) ++begin;  // the piece that ends here
    if (begin == end) return 0;
    children_.clear();
    for (size_t at = begin; at < end;) {
      const char label = pieces_[at].first[depth];
      const size_t from = at;
      while (at < end && pieces_[at].first[depth] == label) ++at;
      children_.push_back({from, at, depth + 1, static_cast<unsigned char>(label)});
    }
    const uint32_t base = find_base();
    blocks_[base / 256].bases[base / 64 % 4] |= uint64_t{1} << base % 64;
    for (size_t i = children_.size(); i-- > 0;) {
      auto child = children_[i];
      const uint32_t label = child.node;
      child.node = base ^ label;
      blocks_[child.node / 256].free[child.node / 64 % 4] &= ~(uint64_t{1} << child.node % 64);
      auto& node = trie_.nodes_[child.node];
      node.base_and_label = label;
      if (pieces_[child.begin].first.size() == child.depth) node.id = pieces_[child.begin].second;
      waiting_.push_back(child);
    }
    return base;
  }

  // `children_` hold their labels as nodes.
  uint32_t find_base() {
    for (size_t block = std::max<size_t>(blocks_.size(), open_blocks + 1) - open_blocks; block < blocks_.size();
         ++block) {
      for (uint32_t word = 0; word < 4; ++word) {
        for (uint64_t free = blocks_[block].free[word]; free != 0; free &= free - 1) {
          const auto place =
              static_cast<uint32_t>(block * 256 + word * 64) + static_cast<uint32_t>(std::countr_zero(free));
          const uint32_t base = place ^ children_[0].node;
          if (bit(blocks_[block].bases, base)) continue;
          if (std::all_of(children_.begin() + 1, children_.end(),
                          [&](const Range& c) { return is_free(base ^ c.node); }))
            return base;
        }
      }
    }
    add_block();
    return static_cast<uint32_t>((blocks_.size() - 1) * 256);
  }

  std::vector<PieceTrie::Piece> pieces_;
  std::vector<Block> blocks_;
  std::vector<Range> waiting_;
  std::vector<Range> children_;
  PieceTrie trie_;
};

Result<PieceTrie> PieceTrie::make(std::vector<Piece> pieces) { return PieceTrieBuilder(std::move(pieces)).build(); }

}  // namespace weir
