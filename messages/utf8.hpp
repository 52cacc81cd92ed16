#pragma once

#include <cstddef>
#include <string_view>

#include "messages/arena.hpp"

namespace weir {

bool valid_utf8(std::string_view bytes);

// How many bytes from the start on are valid.
size_t valid_utf8_prefix(std::string_view bytes);

// A copy in which each maximal invalid part is one U+FFFD, as browsers and Python's errors="replace" do (Unicode 15,
// section 3.9, "U+FFFD Substitution of Maximal Subparts").
std::string_view replace_invalid_utf8(std::string_view bytes, Arena& arena);

// Writes a Unicode scalar value; returns how many bytes (1 to 4).
size_t write_utf8(uint32_t code_point, char* to);

}  // namespace weir
