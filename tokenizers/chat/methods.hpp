#pragma once

#include <string_view>

#include "tokenizers/chat/object.hpp"

namespace weir::chat {

// The method `name` of a text, list, tuple, dictionary or number, bound to it; missing: it has none. Methods that
// Python has and this engine has not fail when they are called, by name.
Value find_method(Run& run, Value self, std::string_view name);

// Whether Python's method `name` would change the value, which jinja2's sandbox does not let happen.
bool is_mutating(Value self, std::string_view name);

}  // namespace weir::chat
