#pragma once

#include <string>
#include <string_view>

#include "tokenizers/chat/run.hpp"

namespace weir::chat {

inline constexpr int64_t max_width = 100'000;  // and precision; Python has no bound

// How one value is formatted, by `%` or by a format specification.
struct FormatSpec {
  std::string fill = " ";
  char align = 0;  // < > ^ =; 0: as the type has it
  char sign = '-';
  bool alternate = false, zero = false;
  char grouping = 0;  // , or _
  int64_t width = 0, precision = -1;
  char type = 0;
};

// Python's format(value, spec).
std::string format_value(Run& run, Value value, std::string_view spec);

// One conversion of the `%` operator.
std::string format_printf(Run& run, Value value, FormatSpec spec);

}  // namespace weir::chat
