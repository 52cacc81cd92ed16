#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

// The bytes of base64 text (RFC 4648, with its padding); none when it is not.
std::optional<std::string> base64_bytes(std::string_view text);

// And back.
std::string base64_text(std::string_view bytes);

}  // namespace weir
