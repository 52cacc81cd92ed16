#pragma once

#include <string_view>

#include "tokenizers/chat/object.hpp"

namespace weir::chat {

// The functions that every template can call: range, dict, namespace, raise_exception, strftime_now. Missing: there is
// none of this name. jinja2's cycler, joiner and lipsum fail by name when they are called.
Value find_function(Run& run, std::string_view name);

}  // namespace weir::chat
