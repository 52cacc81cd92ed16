#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "tokenizers/chat/signature.hpp"

namespace weir::chat {

// One of jinja2's filters (`x | trim`), with transformers' tojson.
struct Filter {
  std::string_view name;
  Signature signature;  // of what follows the value
  Value (*apply)(Run& run, Value value, const Bound& arguments);
  Value (*apply_all)(Run& run, Value value,
                     const Arguments& arguments) = nullptr;  // instead, when it takes any arguments
};

const Filter* find_filter(std::string_view name);   // null: none
bool is_unsupported_filter(std::string_view name);  // of those that jinja2 has
Value apply_filter(Run& run, const Filter& filter, Value value, const Arguments& arguments);

// What the files behind filters.cpp hold.
std::span<const Filter> text_filters();
std::span<const Filter> number_filters();
std::span<const Filter> sequence_filters();
std::span<const Filter> selecting_filters();

// jinja2's make_attrgetter: a path such as "a.b.0" looked up in an item. Missing path: the item itself.
Value look_up_path(Run& run, Value item, Value path, Value fallback = {});
Value without_case(Run& run, Value value);  // lower case, when it is a text

}  // namespace weir::chat
