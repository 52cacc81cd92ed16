#pragma once

#include <string>
#include <string_view>

namespace weir {

// Appends Python's str.lower of well-formed UTF-8: code point by code point, but for a sigma at the end of a word.
void python_lower(std::string_view text, std::string& out);

}  // namespace weir
