#include "tokenizers/chat/filters.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {
namespace {

constexpr std::string_view unsupported[] = {"filesizeformat", "groupby",   "pprint",   "random",
                                            "slice",          "striptags", "truncate", "urlencode",
                                            "urlize",         "wordcount", "wordwrap", "xmlattr"};

}  // namespace

const Filter* find_filter(std::string_view name) {
  for (const auto filters : {text_filters(), number_filters(), sequence_filters(), selecting_filters()})
    for (const auto& filter : filters)
      if (filter.name == name) return &filter;
  return nullptr;
}

bool is_unsupported_filter(std::string_view name) {
  return std::find(std::begin(unsupported), std::end(unsupported), name) != std::end(unsupported);
}

Value apply_filter(Run& run, const Filter& filter, Value value, const Arguments& arguments) {
  run.step();
  const Deeper deeper(run);
  if (filter.apply_all != nullptr) return filter.apply_all(run, value, arguments);
  return filter.apply(run, value, filter.signature.bind(run, filter.name, arguments));
}

Value look_up_path(Run& run, Value item, Value path, Value fallback) {
  const auto step = [&](Value key) {
    item = get_item(run, item, key);
    if (is_given(fallback) && item.is(Kind::undefined)) item = fallback;
  };
  if (!is_given(path)) return item;
  if (!path.is(Kind::text)) {
    step(path);
    return item;
  }
  for (const std::string_view part : split(path.text(), ".", -1)) {
    bool too_large = false;
    const bool digits =
        !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    step(digits ? Value(*parse_integer(part, 10, too_large)) : Value::text(part));
  }
  return item;
}

Value without_case(Run& run, Value value) {
  if (!value.is(Kind::text)) return value;
  run.scan(value.text().size() * 8);
  return run.text(lower(value.text()));
}

}  // namespace weir::chat
