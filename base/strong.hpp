#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace weir {

// An integer that cannot be mistaken for another one: Offset is not a count, PartitionId not a SourceId.
template <typename Tag, typename Int>
struct Strong {
  Int value{};

  constexpr Strong() = default;
  constexpr explicit Strong(Int v) : value(v) {}
  constexpr auto operator<=>(const Strong&) const = default;
};

}  // namespace weir

template <typename Tag, typename Int>
struct std::hash<weir::Strong<Tag, Int>> {
  std::size_t operator()(const weir::Strong<Tag, Int>& id) const noexcept { return std::hash<Int>{}(id.value); }
};
