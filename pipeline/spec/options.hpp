#pragma once

#include <optional>
#include <string_view>

#include "base/option.hpp"

namespace weir {

// Every option that planning itself understands. Sections are the mappings of the file: `file` (its top level),
// `kafka`, `models.*`, `models.*.pooler`, `delivery`, `delivery.create_topics`, `memory`, `http`, `cluster`; of a stage
// `stage` (all kinds), `input` (every source), `output` (every sink) and one per kind. Rooms that know more (kafka,
// files) add rows to these sections.
Options spec_options();

// Something that the grammar has and this version does not run: it parses, and is refused by name.
struct NotBuilt {
  std::string_view section;
  std::string_view name;
  std::string_view value;    // a choice or list element; empty: any value
  std::string_view instead;  // what to do instead
};

// The entry for this option set to this value, if it is one that does not run yet.
const NotBuilt* not_built(std::string_view section, std::string_view name, std::string_view value);

}  // namespace weir
