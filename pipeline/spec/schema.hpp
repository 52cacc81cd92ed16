#pragma once

#include <string>

#include "base/option.hpp"

namespace weir {

// The JSON Schema (draft 7) of a dataflow file, for editors. It has what runs: what is not built yet is left out.
std::string json_schema(Options options);

// The reference page of every option, in Markdown.
std::string option_reference(Options options);

}  // namespace weir
