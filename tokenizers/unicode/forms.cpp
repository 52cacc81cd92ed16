#include "tokenizers/unicode/forms.hpp"

#include <algorithm>

namespace weir::unicode {
namespace data {
#include "tokenizers/unicode/forms_data.inc"
}  // namespace data

Sequence decompose(char32_t c) {
  if (c < 0xC0) return {{c}, 1};
  if (is_hangul(c)) return decompose_hangul(c);
  const auto parts = decomposition(c, false);
  if (parts.empty()) return {{c}, 1};
  Sequence found{};
  found.count = static_cast<uint32_t>(parts.size());
  std::copy(parts.begin(), parts.end(), found.at);
  return found;
}

}  // namespace weir::unicode
