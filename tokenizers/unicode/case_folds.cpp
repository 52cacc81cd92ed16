#include "tokenizers/unicode/case_folds.hpp"

#include <algorithm>

namespace weir::unicode {
namespace {

#include "tokenizers/unicode/folds_data.inc"

}  // namespace

std::span<const Fold> folds() { return folds_data; }
std::span<const Unfold> unfolds() { return unfolds_data; }

char32_t fold_kind(char32_t code) {
  const auto all = folds();
  const auto found =
      std::lower_bound(all.begin(), all.end(), code, [](const Fold& f, char32_t c) { return f.code < c; });
  return found != all.end() && found->code == code ? found->kind : code;
}

}  // namespace weir::unicode
