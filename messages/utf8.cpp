#include "messages/utf8.hpp"

#include <cstdint>
#include <cstring>
#include <simdjson.h>

namespace weir {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Step {
  size_t bytes;  // of one character, or of the maximal part of an invalid one
  bool valid;
};

// The allowed range of a second byte depends on the first one (Unicode 15, table 3-7).
Step next_character(const unsigned char* at, size_t left) {
  const unsigned char lead = at[0];
  if (lead < 0x80) return {1, true};
  size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {1, false};
  }
  for (size_t i = 1; i < length; ++i) {
    if (i >= left || at[i] < low || at[i] > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

}  // namespace

bool valid_utf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

size_t valid_utf8_prefix(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  size_t i = 0;
  while (i < bytes.size()) {
    const Step step = next_character(at + i, bytes.size() - i);
    if (!step.valid) return i;
    i += step.bytes;
  }
  return i;
}

std::string_view replace_invalid_utf8(std::string_view bytes, Arena& arena) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto each = [&](auto&& visit) {
    for (size_t i = 0; i < bytes.size();) {
      const Step step = next_character(at + i, bytes.size() - i);
      visit(step.valid ? bytes.substr(i, step.bytes) : replacement);
      i += step.bytes;
    }
  };
  size_t total = 0;
  each([&](std::string_view part) { total += part.size(); });
  char* const out = arena.allocate(total);
  char* to = out;
  each(
      [&](std::string_view part) { to = static_cast<char*>(std::memcpy(to, part.data(), part.size())) + part.size(); });
  return {out, total};
}

size_t write_utf8(uint32_t code_point, char* to) {
  if (code_point < 0x80) {
    to[0] = static_cast<char>(code_point);
    return 1;
  }
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x800) {
    to[0] = static_cast<char>(0xC0 | code_point >> 6);
    to[1] = tail(0);
    return 2;
  }
  if (code_point < 0x10000) {
    to[0] = static_cast<char>(0xE0 | code_point >> 12);
    to[1] = tail(6);
    to[2] = tail(0);
    return 3;
  }
  to[0] = static_cast<char>(0xF0 | code_point >> 18);
  to[1] = tail(12);
  to[2] = tail(6);
  to[3] = tail(0);
  return 4;
}

}  // namespace weir
