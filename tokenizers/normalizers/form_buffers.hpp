#pragma once

#include <cstdint>
#include <vector>

namespace weir {

// The working memory of UnicodeForm.
struct FormBuffers {
  // A code point of a decomposition; `change`: as for Rewriter.
  struct Part {
    char32_t code;
    int change;
    uint8_t rank;  // unicode::combining_rank
  };
  std::vector<Part> marks;    // behind a starter, not in order yet
  std::vector<Part> blocked;  // marks that did not compose with it
};

}  // namespace weir
