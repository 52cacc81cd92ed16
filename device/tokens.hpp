#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

// Sequences back to back, nothing padded: sequence i is tokens [cu_seqlens[i] - cu_seqlens[0], cu_seqlens[i + 1] -
// cu_seqlens[0]) of `ids`. A view in host memory; the owner keeps it until the run is done.
// `type_ids` is empty (all zero) or as long as `ids`. `cu_seqlens` has one entry more than there are sequences and
// ascends; it need not start at 0, so that a part of a batch is a sub-span of it.
struct PackedTokens {
  std::span<const int32_t> ids, type_ids, cu_seqlens;
  int32_t longest = 0;  // tokens of the longest sequence; an upper bound is enough

  int32_t tokens() const { return static_cast<int32_t>(ids.size()); }
  int32_t sequences() const { return cu_seqlens.empty() ? 0 : static_cast<int32_t>(cu_seqlens.size()) - 1; }
  // The first row of sequence i, counted within this view; i may equal sequences().
  int32_t start(int32_t i) const { return cu_seqlens[static_cast<size_t>(i)] - cu_seqlens[0]; }

  PackedTokens slice(int32_t first, int32_t count) const {
    assert(first >= 0 && count >= 0 && first + count <= sequences());
    const auto begin = static_cast<size_t>(start(first));
    const auto size = static_cast<size_t>(start(first + count)) - begin;
    return {ids.subspan(begin, size), type_ids.empty() ? type_ids : type_ids.subspan(begin, size),
            cu_seqlens.subspan(static_cast<size_t>(first), static_cast<size_t>(count) + 1), longest};
  }
};

// The same in the memory of the device that runs it; `host` is the view it was made from. On the CPU both are one.
struct DeviceTokens {
  const int32_t* ids = nullptr;
  const int32_t* type_ids = nullptr;  // null: all zero
  const int32_t* cu_seqlens = nullptr;
  PackedTokens host;

  int32_t tokens() const { return host.tokens(); }
  int32_t sequences() const { return host.sequences(); }
  int32_t longest() const { return host.longest; }

  // Sequences [first, first + count); the rows that belong to them are [host.start(first), host.start(first + count)).
  DeviceTokens slice(int32_t first, int32_t count) const {
    const int32_t begin = host.start(first);
    return {ids + begin, type_ids == nullptr ? nullptr : type_ids + begin, cu_seqlens + first,
            host.slice(first, count)};
  }
};

// Tokens whose host memory is the device's memory.
inline DeviceTokens on_host(const PackedTokens& tokens) {
  return {tokens.ids.data(), tokens.type_ids.empty() ? nullptr : tokens.type_ids.data(), tokens.cu_seqlens.data(),
          tokens};
}

}  // namespace weir
