#include "pipeline/spec/spec_error.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace weir {

std::string printable(std::string_view text, size_t limit) {
  std::string out;
  size_t used = 0;
  for (const char c : text) {
    if (++used > limit) return out + "...";
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out;
}

std::string to_string(const SpecError& error) {
  std::string out = error.file;
  if (error.line > 0) out += fmt::format(":{}:{}", error.line, error.column);
  out += ": " + error.message;
  if (!error.value.empty()) out += ": '" + printable(error.value) + "'";
  if (!error.fix.empty()) out += "; " + error.fix;
  return out;
}

void ErrorList::add(Place at, std::string value, std::string message, std::string fix) {
  errors_.push_back({file_, at.line, at.column, std::move(value), std::move(message), std::move(fix)});
}

std::vector<SpecError> ErrorList::take() {
  std::stable_sort(errors_.begin(), errors_.end(), [](const SpecError& a, const SpecError& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return std::move(errors_);
}

}  // namespace weir
