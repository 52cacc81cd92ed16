#pragma once

#include <cstdint>
#include <cstring>

// Runs of ASCII, sixteen bytes at a time: loops of a fixed length without branches, of which the compiler makes
// vectors.
namespace weir::ascii {

inline constexpr int block = 16;

inline bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// The first byte in [p, end) that is no ASCII, or `end`.
inline const char* run_end(const char* p, const char* end) {
  for (; end - p >= block; p += block) {
    uint64_t halves[2];
    std::memcpy(halves, p, sizeof halves);
    if ((halves[0] | halves[1]) & 0x8080808080808080u) break;
  }
  while (p < end && is_ascii(*p)) ++p;
  return p;
}

}  // namespace weir::ascii
