#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "tokenizers/large_pages.hpp"

namespace weir {

// Pieces by their bytes: a double-array trie (Aoe 1989; the child of a node stands at its base XOR the byte, as in
// darts-clone). Two words a node, one read a byte. Immutable; for any thread.
class PieceTrie {
  static constexpr unsigned label_bits = 9;  // a byte, or 256 for a free place
  static constexpr uint32_t label_mask = (1u << label_bits) - 1;
  static constexpr uint32_t free_label = 256;

  struct Node {
    uint32_t base_and_label = free_label;
    int32_t id = -1;
  };

 public:
  using Piece = std::pair<std::string_view, int32_t>;

  PieceTrie() = default;
  // Each piece once, none empty. unsupported: more text than a trie holds.
  static Result<PieceTrie> make(std::span<const Piece> pieces);

  // A way down the trie.
  class Walk {
   public:
    explicit Walk(const PieceTrie& trie) : nodes_(trie.nodes_.data()), base_(trie.root_) {}
    // Follows a byte; false: no piece goes on like this.
    bool next(char byte) {
      const auto label = static_cast<unsigned char>(byte);
      const Node& node = nodes_[base_ ^ label];
      if ((node.base_and_label & label_mask) != label) return false;
      base_ = node.base_and_label >> label_bits;
      id_ = node.id;
      return true;
    }
    int32_t id() const { return id_; }  // of the piece that ends here; -1: none does

   private:
    const Node* nodes_;
    uint32_t base_;
    int32_t id_ = -1;
  };

 private:
  friend class PieceTrieBuilder;

  LargeVector<Node> nodes_ = LargeVector<Node>(256);  // the first 256 stay free: the children of leaves
  uint32_t root_ = 0;                                 // its base
};

}  // namespace weir
