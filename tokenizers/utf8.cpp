#include "tokenizers/utf8.hpp"

#include <algorithm>
#include <cstring>
#include <simdjson.h>

namespace weir::utf8 {
namespace {

// The length of the well-formed code point at the start of `text` (not empty); 0 when there is none, and then `skip` is
// the length of the maximal part that a correct code point could have begun with, at least 1.
size_t scan(std::string_view text, size_t& skip) {
  const auto* u = reinterpret_cast<const unsigned char*>(text.data());
  if (u[0] < 0x80) return 1;
  skip = 1;
  size_t need = 0;
  unsigned char low = 0x80, high = 0xBF;  // bounds of the second byte
  if (u[0] >= 0xC2 && u[0] <= 0xDF) {
    need = 2;
  } else if (u[0] >= 0xE0 && u[0] <= 0xEF) {
    need = 3;
    if (u[0] == 0xE0) low = 0xA0;
    if (u[0] == 0xED) high = 0x9F;
  } else if (u[0] >= 0xF0 && u[0] <= 0xF4) {
    need = 4;
    if (u[0] == 0xF0) low = 0x90;
    if (u[0] == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  for (size_t i = 1; i < need; ++i) {
    if (i >= text.size() || u[i] < low || u[i] > high) return 0;
    skip = i + 1;
    low = 0x80;
    high = 0xBF;
  }
  return need;
}

}  // namespace

bool valid(std::string_view text) {
  while (text.size() >= 8) {  // ASCII, eight bytes at a time
    uint64_t eight;
    std::memcpy(&eight, text.data(), 8);
    if ((eight & 0x8080808080808080u) != 0) break;
    text.remove_prefix(8);
  }
  if (text.size() < 8 &&
      std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

void replace_invalid(std::string_view text, std::string& out) {
  size_t skip = 0;
  while (!text.empty()) {
    const size_t n = scan(text, skip);
    if (n == 0) {
      append(out, replacement);
      text.remove_prefix(skip);
    } else {
      out.append(text.substr(0, n));
      text.remove_prefix(n);
    }
  }
}

}  // namespace weir::utf8
