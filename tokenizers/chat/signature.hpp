#pragma once

#include <array>
#include <string_view>

#include "tokenizers/chat/run.hpp"

namespace weir::chat {

inline constexpr size_t max_parameters = 6;

// Arguments by parameter; missing: not given.
using Bound = std::array<Value, max_parameters>;

// The parameters of a function of the engine, as "old new count?": a `?` marks those that may be left out. With a `/`
// in front all can be given by position only.
class Signature {
 public:
  constexpr Signature(const char* parameters) {
    std::string_view text = parameters;
    if (!text.empty() && text[0] == '/') {
      by_name_ = false;
      text.remove_prefix(1);
    }
    while (!text.empty()) {
      const size_t end = text.find(' ') == std::string_view::npos ? text.size() : text.find(' ');
      std::string_view name = text.substr(0, end);
      if (name.back() == '?') {
        name.remove_suffix(1);
      } else {
        required_ = count_ + 1;
      }
      names_[count_++] = name;
      text.remove_prefix(end < text.size() ? end + 1 : end);
    }
  }

  // Fails the run as Python would: too many arguments, unknown or doubled names, required ones missing.
  Bound bind(Run& run, std::string_view function, const Arguments& arguments) const;

 private:
  std::array<std::string_view, max_parameters> names_{};
  size_t count_ = 0, required_ = 0;
  bool by_name_ = true;
};

// What an optional argument means.
inline bool is_given(Value value) { return value.given() && !value.is(Kind::none); }
std::string_view text_argument(Run& run, std::string_view function, Value value);  // fails when it is no text

}  // namespace weir::chat
