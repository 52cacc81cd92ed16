#include "messages/base64.hpp"

#include <array>
#include <cstdint>

namespace weir {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> digits = [] {
  std::array<int8_t, 256> table{};
  table.fill(-1);
  for (size_t i = 0; i < alphabet.size(); ++i) table[static_cast<unsigned char>(alphabet[i])] = static_cast<int8_t>(i);
  return table;
}();

}  // namespace

void append_base64(std::string_view bytes, std::string& out) {
  const auto at = [&](size_t i) {
    return i < bytes.size() ? static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) : 0u;
  };
  const size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4);
  char* to = out.data() + start;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t three = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    *to++ = alphabet[three >> 18];
    *to++ = alphabet[three >> 12 & 63];
    *to++ = i + 1 < bytes.size() ? alphabet[three >> 6 & 63] : '=';
    *to++ = i + 2 < bytes.size() ? alphabet[three & 63] : '=';
  }
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t three = 0;
    for (size_t k = i; k < i + 4; ++k) {
      const int8_t digit = k >= text.size() - padding ? int8_t{0} : digits[static_cast<unsigned char>(text[k])];
      if (digit < 0) return std::nullopt;
      three = three << 6 | static_cast<uint32_t>(digit);
    }
    out += static_cast<char>(three >> 16);
    out += static_cast<char>(three >> 8);
    out += static_cast<char>(three);
  }
  out.resize(out.size() - padding);
  return out;
}

}  // namespace weir
