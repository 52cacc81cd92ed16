#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// What the regular expressions of tokenizer.json see in a code point: properties as the Oniguruma inside Hugging Face
// tokenizers 0.23.3 knows them, found by asking it (generate.py).
namespace weir::unicode {

namespace data {
extern const uint16_t class_index[8704];
extern const uint8_t class_blocks[][128];
extern const uint64_t class_sets[];
extern const uint16_t script_index[8704];
extern const uint8_t script_blocks[][128];
}  // namespace data

// The bits of `properties` that code asks for by name. Each code point has exactly one of the general categories.
namespace property {
inline constexpr uint64_t Lu = 1u << 0, Ll = 1u << 1, Lt = 1u << 2, Lm = 1u << 3, Lo = 1u << 4, Mn = 1u << 5,
                          Mc = 1u << 6, Me = 1u << 7, Nd = 1u << 8, Nl = 1u << 9, No = 1u << 10, Pc = 1u << 11,
                          Pd = 1u << 12, Ps = 1u << 13, Pe = 1u << 14, Pi = 1u << 15, Pf = 1u << 16, Po = 1u << 17,
                          Sm = 1u << 18, Sc = 1u << 19, Sk = 1u << 20, So = 1u << 21, Zs = 1u << 22, Zl = 1u << 23,
                          Zp = 1u << 24, Cc = 1u << 25, Cf = 1u << 26, Co = 1u << 27, Cn = 1u << 28;
inline constexpr uint64_t L = Lu | Ll | Lt | Lm | Lo, M = Mn | Mc | Me, N = Nd | Nl | No,
                          P = Pc | Pd | Ps | Pe | Pi | Pf | Po, S = Sm | Sc | Sk | So, Z = Zs | Zl | Zp,
                          C = Cc | Cf | Co | Cn;
inline constexpr uint64_t word = 1u << 29;   // \w
inline constexpr uint64_t space = 1u << 30;  // \s
inline constexpr uint64_t digit = Nd;        // \d
}  // namespace property

// All properties of a code point (at most 0x10FFFF), but for its script.
inline uint64_t properties(char32_t c) {
  return data::class_sets[data::class_blocks[data::class_index[c / 128]][c % 128]];
}

// Code points of the same properties are of one class: its number, and the properties of each class.
inline uint8_t property_class(char32_t c) { return data::class_blocks[data::class_index[c / 128]][c % 128]; }
std::span<const uint64_t> property_classes();

// The number of its script, 0 for those without one.
inline uint8_t script(char32_t c) { return data::script_blocks[data::script_index[c / 128]][c % 128]; }

// Blocks of code points that the tables share: whether those that begin at `a` and `b`, multiples of `block`, have the
// same properties and scripts, code point by code point.
inline constexpr char32_t block = 128;
inline bool same_block(char32_t a, char32_t b) {
  return data::class_index[a / block] == data::class_index[b / block] &&
         data::script_index[a / block] == data::script_index[b / block];
}

// The code points that have one of the properties, or stand in the script (0: none).
struct PropertySet {
  uint64_t properties = 0;
  uint8_t script = 0;

  bool contains(char32_t c) const {
    return (unicode::properties(c) & properties) != 0 || (script != 0 && unicode::script(c) == script);
  }
};

// What `name` means in \p{name}: categories ("L", "Lu", "Uppercase_Letter"), scripts ("Han"), "Alphabetic", "Emoji"
// and others; case, blanks, '-' and '_' do not count. "[:alpha:]" is the bracket of that name, "\\w" the escape (also
// \s \d \h); these two are to be given as they are.
std::optional<PropertySet> find_property(std::string_view name);

}  // namespace weir::unicode
