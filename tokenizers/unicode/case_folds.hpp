#pragma once

#include <cstdint>
#include <span>

// Which letters (?i) takes for one another in the regular expressions of tokenizer.json: as the Oniguruma inside
// Hugging Face tokenizers 0.23.3 does, found by asking it (generate.py).
namespace weir::unicode {

struct Fold {
  char32_t code;
  char32_t kind;  // the first letter of its kind
};

// A letter that stands for several: U+00DF for "ss".
struct Unfold {
  char32_t code;
  char32_t letters[3];  // 0 where there are but two
};

std::span<const Fold> folds();      // the letters that have others of their kind, by code
std::span<const Unfold> unfolds();  // by code
char32_t fold_kind(char32_t code);  // the first letter of its kind, which may be itself

}  // namespace weir::unicode
