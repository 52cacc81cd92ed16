#include "tokenizers/unicode/scripts.hpp"

namespace weir::unicode::data {
#include "tokenizers/unicode/scripts_data.inc"
}  // namespace weir::unicode::data
