#pragma once

#include <string>
#include <string_view>

#include "tokenizers/chat/object.hpp"

namespace weir::chat {

// `text % value`: printf-style formatting with a value, a tuple of values, or a dictionary.
std::string format_percent(Run& run, std::string_view text, Value value);

// text.format(...).
std::string format_braces(Run& run, std::string_view text, const Arguments& arguments);

// Markup.escape(): & < > ' " as HTML entities.
std::string escape_html(std::string_view text);

}  // namespace weir::chat
