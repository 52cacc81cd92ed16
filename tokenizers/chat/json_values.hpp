#pragma once

#include <string>
#include <string_view>

#include "tokenizers/chat/run.hpp"

namespace weir::chat {

// A JSON text as Python's json.loads reads it: the order of members is kept, of doubled ones the last counts. `what`
// names it in errors.
Value parse_json(Run& run, std::string_view text, std::string_view what);

// json.dumps as transformers' filter `tojson` calls it.
struct JsonStyle {
  bool ensure_ascii = false, sort_keys = false;
  bool on_lines = false;  // an indent was given
  std::string indent;
  std::string item_separator = ", ", key_separator = ": ";
};
std::string to_json(Run& run, Value value, const JsonStyle& style);

}  // namespace weir::chat
