#include "tokenizers/chat/python_unicode.hpp"

#include <algorithm>
#include <iterator>

namespace weir::chat {
namespace {

#include "tokenizers/chat/python_unicode.inc"

template <size_t n>
const Mapping* find(const Mapping (&table)[n], char32_t c) {
  const auto* at = std::lower_bound(std::begin(table), std::end(table), c,
                                    [](const Mapping& mapping, char32_t wanted) { return mapping.from < wanted; });
  return at != std::end(table) && at->from == c ? at : nullptr;
}

}  // namespace

uint32_t properties(char32_t c) {
  const uint32_t key = static_cast<uint32_t>(c) << 11 | 0x7FF;
  return *(std::upper_bound(std::begin(runs), std::end(runs), key) - 1) & 0x7FF;
}

Mapping lower_of(char32_t c) {
  const auto* found = find(lower_map, c);
  return found != nullptr ? *found : Mapping{c, {c}};
}

Mapping upper_of(char32_t c) {
  const auto* found = find(upper_map, c);
  return found != nullptr ? *found : Mapping{c, {c}};
}

Mapping title_of(char32_t c) {
  const auto* found = find(title_map, c);
  return found != nullptr ? *found : upper_of(c);
}

}  // namespace weir::chat
