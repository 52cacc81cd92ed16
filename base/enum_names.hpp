#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace weir {

// The names of an enumeration, spelled as in YAML, JSON and metrics: what its to_string and from_string look up.
template <typename E, size_t N>
using EnumNames = std::array<std::pair<E, std::string_view>, N>;

template <typename E, size_t N>
std::string_view name_of(const EnumNames<E, N>& names, E value) {
  for (const auto& [key, name] : names)
    if (key == value) return name;
  return "?";
}

template <typename E, size_t N>
std::optional<E> value_of(const EnumNames<E, N>& names, std::string_view text) {
  for (const auto& [key, name] : names)
    if (name == text) return key;
  return std::nullopt;
}

}  // namespace weir
