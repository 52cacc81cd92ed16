#pragma once

#include <string_view>
#include <vector>

#include "base/option.hpp"

namespace weir {

// Something that the grammar has and this version does not run: it parses, and is refused by name.
struct NotBuilt {
  std::string_view section;
  std::string_view name;
  std::string_view value;    // a choice or list element; empty: any value
  std::string_view instead;  // what to do instead
};

// The entry for this option set to this value, if it is one that does not run yet.
const NotBuilt* not_built(std::string_view section, std::string_view name, std::string_view value);

// Whether any value of this option runs.
bool is_built(const Option& option);

// The parts of "a|b|c".
std::vector<std::string_view> split_choices(std::string_view choices);

}  // namespace weir
