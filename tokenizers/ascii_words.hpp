#pragma once

#include <cstdint>
#include <cstring>

// Eight bytes of ASCII at once, as a number ("SIMD within a register", Hacker's Delight 2.18; Mycroft's test). Each
// function is exact when no byte is above 0x7F; a mask has the upper bit of each byte for which something holds.
namespace weir::ascii {

inline constexpr uint64_t ones = 0x0101010101010101;
inline constexpr uint64_t tops = 0x8080808080808080;

inline uint64_t load(const char* p) {
  uint64_t bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  return bytes;
}
inline void store(uint64_t bytes, char* p) { std::memcpy(p, &bytes, sizeof bytes); }

inline bool all_ascii(uint64_t bytes) { return (bytes & tops) == 0; }
inline uint64_t at_least(uint64_t bytes, uint8_t low) { return (bytes + ones * (0x80u - low)) & tops; }
inline uint64_t between(uint64_t bytes, uint8_t low, uint8_t high) {
  return at_least(bytes, low) & ~at_least(bytes, static_cast<uint8_t>(high + 1));
}
inline uint64_t control(uint64_t bytes) { return (at_least(bytes, 0x20) ^ tops) | at_least(bytes, 0x7f); }
inline uint64_t lower(uint64_t bytes) { return bytes | between(bytes, 'A', 'Z') >> 2; }

}  // namespace weir::ascii
