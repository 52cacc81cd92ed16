#include "pipeline/spec/spec_error.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace weir {

namespace {

// Bytes of the UTF-8 character at the front; 0: none is valid there.
size_t character(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const size_t length = byte(0) < 0x80                      ? 1
                        : byte(0) >= 0xc2 && byte(0) < 0xe0 ? 2
                        : (byte(0) & 0xf0) == 0xe0          ? 3
                        : byte(0) >= 0xf0 && byte(0) < 0xf5 ? 4
                                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if (length == 3 && ((byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xed && byte(1) >= 0xa0))) return 0;
  if (length == 4 && ((byte(0) == 0xf0 && byte(1) < 0x90) || (byte(0) == 0xf4 && byte(1) >= 0x90))) return 0;
  return length;
}

void replace_all(std::string& text, const std::string& secret) {
  for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += 3)
    text.replace(at, secret.size(), "***");
}

}  // namespace

std::string printable(std::string_view text, size_t limit) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t length = character(text.substr(i));
    if (i + length > limit) return out + "...";
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control =
        byte < 0x20 || byte == 0x7f || (byte == 0xc2 && length == 2 && static_cast<unsigned char>(text[i + 1]) < 0xa0);
    if (length == 0 || control)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += text.substr(i, length);
    i += length == 0 || control ? 1 : length;
  }
  return out;
}

std::string to_string(const SpecError& error) {
  std::string out = error.file;
  if (error.line > 0) out += fmt::format(":{}:{}", error.line, error.column);
  constexpr size_t longest = 2000;  // of our own sentences, which may name a key or quote a probe
  out += ": " + printable(error.message, longest);
  if (!error.value.empty()) out += ": '" + printable(error.value) + "'";
  if (!error.fix.empty()) out += "; " + printable(error.fix, longest);
  return out;
}

void ErrorList::add(Place at, std::string value, std::string message, std::string fix) {
  errors_.push_back({file_, at.line, at.column, std::move(value), std::move(message), std::move(fix)});
}

void ErrorList::hide(const std::string& secret) {
  if (!secret.empty()) secrets_.push_back(secret);
}

std::vector<SpecError> ErrorList::take() {
  std::stable_sort(errors_.begin(), errors_.end(), [](const SpecError& a, const SpecError& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  for (auto& error : errors_)
    for (const auto& secret : secrets_) {
      replace_all(error.value, secret);
      replace_all(error.message, secret);
    }
  return std::move(errors_);
}

}  // namespace weir
