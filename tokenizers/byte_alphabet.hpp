#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir {

// How a byte-level tokenizer hands bytes to its model: as letters of the alphabet below, or as they are. The second is
// faster and chosen only where it changes no token: the model has then turned its vocabulary into bytes.
enum class ByteForm : uint8_t { letters, raw };

// GPT-2's byte alphabet: a printable code point for each of the 256 bytes (bytes_to_unicode of its encoder.py). All are
// below U+0180, so one or two bytes of UTF-8.
constexpr std::array<char16_t, 256> make_byte_letters() {
  std::array<char16_t, 256> letters{};
  char16_t next = 256;
  for (char16_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    letters[byte] = printable ? byte : next++;
  }
  return letters;
}
inline constexpr auto byte_letters = make_byte_letters();

// The byte of a letter; -1: it is none of the alphabet.
constexpr std::array<int16_t, 384> make_letter_bytes() {
  std::array<int16_t, 384> bytes{};
  for (auto& byte : bytes) byte = -1;
  for (int16_t byte = 0; byte < 256; ++byte) bytes[byte_letters[static_cast<size_t>(byte)]] = byte;
  return bytes;
}
inline constexpr auto letter_bytes = make_letter_bytes();
constexpr int letter_byte(char32_t letter) { return letter < letter_bytes.size() ? letter_bytes[letter] : -1; }

}  // namespace weir
