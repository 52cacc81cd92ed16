#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "kafka/properties.hpp"

namespace weir::kafka {

// A property that weir decides. Empty `allowed`: any value is refused.
struct OwnedProperty {
  std::string_view name;
  std::string_view allowed;  // "a|b": these say what weir does anyway
  std::string_view remedy;
};

struct Default {
  std::string_view name;
  std::string_view value;
};

std::span<const OwnedProperty> owned_properties();
std::span<const Default> default_properties(Role role);

// What librdkafka's own table says of a property.
struct KnownProperty {
  std::string name;
  bool consumer;
  bool producer;
  std::string alias_of;  // empty: a property of its own
};
const std::vector<KnownProperty>& known_properties();  // sorted by name
const KnownProperty* find_property(std::string_view name);

}  // namespace weir::kafka
