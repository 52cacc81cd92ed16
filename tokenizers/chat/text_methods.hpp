#pragma once

#include <string_view>

#include "tokenizers/chat/signature.hpp"

namespace weir::chat {

// A method that Python's values have.
struct Method {
  Kind kind;
  std::string_view name;
  Signature signature;
  Value (*call)(Run& run, Value self, const Bound& arguments);
  Value (*call_with_all)(Run& run, Value self, const Arguments& arguments) = nullptr;  // instead, when it takes any
};

const Method* find_text_method(std::string_view name);  // of str; null: none

// What the filter `center` does too.
Value centered(Run& run, Value text, Integer width, std::string_view fill = " ");
Value replaced(Run& run, std::string_view text, std::string_view old, std::string_view with, Integer most);

}  // namespace weir::chat
