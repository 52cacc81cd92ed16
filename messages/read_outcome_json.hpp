#pragma once

#include <string_view>

#include "messages/read_outcome.hpp"

namespace weir {

// read_outcome for JSON. Internal to this room.
Result<ReadOutcome> read_json_outcome(std::string_view text);

}  // namespace weir
