#pragma once

#include "base/option.hpp"

namespace weir {

// Every option that planning itself understands. Sections are the mappings of the file: `file` (its top level),
// `kafka`, `models.*`, `models.*.pooler`, `delivery`, `delivery.create_topics`, `memory`, `http`, `cluster`; of a stage
// `stage` (all kinds), `input` (every source), `output` (every sink) and one per kind. Rooms that know more (kafka,
// files) add rows to these sections.
Options spec_options();

}  // namespace weir
