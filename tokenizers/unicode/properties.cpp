#include "tokenizers/unicode/properties.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace weir::unicode {
namespace data {

struct Named {
  std::string_view name;
  PropertySet set;
};

#include "tokenizers/unicode/properties_data.inc"

}  // namespace data

std::span<const uint64_t> property_classes() { return data::class_sets; }

std::optional<PropertySet> find_property(std::string_view name) {
  std::string key;
  const bool exact = name.starts_with('[') || name.starts_with('\\');
  for (char c : name) {
    if (!exact && (c == ' ' || c == '-' || c == '_')) continue;
    key += !exact && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  const auto* found = std::lower_bound(std::begin(data::named), std::end(data::named), key,
                                       [](const data::Named& n, std::string_view k) { return n.name < k; });
  if (found == std::end(data::named) || found->name != key) return std::nullopt;
  return found->set;
}

}  // namespace weir::unicode
