#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::chat {

// The text that a Python string literal stands for, given what is between its quotes; none: it is malformed, and `why`
// says how.
std::optional<std::string> unescape(std::string_view literal, std::string& why);

}  // namespace weir::chat
