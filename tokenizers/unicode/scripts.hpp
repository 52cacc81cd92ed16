#pragma once

#include <cstdint>

namespace weir::unicode {

namespace data {
extern const uint8_t split_script_index[8704], split_script_blocks[][128];
}  // namespace data

// The number of the script by which UnicodeScripts of Hugging Face tokenizers 0.23.3 splits (Kana counts as Han); 0:
// code points that go with any script. An older table than that of `script` in properties.hpp.
inline uint8_t split_script(char32_t c) {
  return data::split_script_blocks[data::split_script_index[c / 128]][c % 128];
}

}  // namespace weir::unicode
