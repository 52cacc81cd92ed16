#include "tokenizers/unicode/tables.hpp"

#include <algorithm>
#include <iterator>

namespace weir::unicode {
namespace {

struct Decomposition {
  uint32_t from;
  uint32_t to[4];
};
struct CombiningRange {
  uint32_t first, last;
  uint8_t rank;
};
struct Lower {
  uint32_t from;
  uint32_t to[2];
};

#include "tokenizers/unicode/tables_data.inc"

template <typename Entry, size_t n, size_t width>
Sequence find(const Entry (&table)[n], char32_t c, const uint32_t (Entry::*to)[width]) {
  const Entry* entry = std::lower_bound(std::begin(table), std::end(table), c,
                                        [](const Entry& e, char32_t key) { return e.from < key; });
  if (entry == std::end(table) || entry->from != c) return {{c}, 1};
  Sequence found{};
  for (uint32_t code : entry->*to) {
    if (code != 0) found.at[found.count++] = code;
  }
  return found;
}

}  // namespace

uint8_t flags(char32_t c) { return flag_blocks[flag_index[c / 128]][c % 128]; }

Sequence decompose(char32_t c) {
  if (c < 0xC0) return {{c}, 1};
  if (c >= 0xAC00 && c <= 0xD7A3) {  // Hangul syllables, Unicode 3.12
    const char32_t i = c - 0xAC00;
    const char32_t tail = i % 28;
    return {{0x1100 + i / 588, 0x1161 + i % 588 / 28, 0x11A7 + tail}, tail == 0 ? 2u : 3u};
  }
  return find(decompositions, c, &Decomposition::to);
}

uint8_t combining_rank(char32_t c) {
  if (c < 0x300) return 0;
  const auto* range = std::lower_bound(std::begin(combining_ranges), std::end(combining_ranges), c,
                                       [](const CombiningRange& r, char32_t key) { return r.last < key; });
  return range != std::end(combining_ranges) && range->first <= c ? range->rank : 0;
}

Sequence lower(char32_t c) {
  if (c < 0x80) return {{c >= 'A' && c <= 'Z' ? c + 32 : c}, 1};
  return find(lowers, c, &Lower::to);
}

}  // namespace weir::unicode
