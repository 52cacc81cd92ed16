#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

// RFC 4648 section 4, padded.
void append_base64(std::string_view bytes, std::string& out);

// nullopt: not base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace weir
