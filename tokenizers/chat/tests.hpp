#pragma once

#include <string_view>

#include "tokenizers/chat/signature.hpp"

namespace weir::chat {

// One of jinja2's tests (`x is odd`).
struct Test {
  std::string_view name;
  Signature signature;  // of what follows the value
  bool (*passes)(Run& run, Value value, const Bound& arguments);
};

const Test* find_test(std::string_view name);  // null: none
bool apply_test(Run& run, const Test& test, Value value, const Arguments& arguments);

}  // namespace weir::chat
