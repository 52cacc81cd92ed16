#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "device/tokens.hpp"

namespace weir {

// Packs sequences back to back for a device run. Keeps its memory from batch to batch. For one thread.
class PackedBatch {
 public:
  void clear() {
    ids_.clear();
    type_ids_.clear();
    cu_seqlens_.assign(1, 0);
    longest_ = 0;
  }

  // `type_ids` is empty (all 0) or as long as `ids`.
  void add(std::span<const int32_t> ids, std::span<const int32_t> type_ids = {}) {
    if (!type_ids.empty()) {
      type_ids_.resize(ids_.size());  // those before had none
      type_ids_.insert(type_ids_.end(), type_ids.begin(), type_ids.end());
    } else if (!type_ids_.empty()) {
      type_ids_.resize(type_ids_.size() + ids.size());
    }
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    cu_seqlens_.push_back(static_cast<int32_t>(ids_.size()));
    longest_ = std::max(longest_, static_cast<int32_t>(ids.size()));
  }

  // Valid until the next call of clear() or add().
  PackedTokens view() const { return {ids_, type_ids_, cu_seqlens_, longest_}; }

 private:
  std::vector<int32_t> ids_, type_ids_, cu_seqlens_{0};
  int32_t longest_ = 0;
};

}  // namespace weir
