#include "tokenizers/unicode/tables.hpp"

namespace weir::unicode::data {
#include "tokenizers/unicode/tables_data.inc"
}  // namespace weir::unicode::data
