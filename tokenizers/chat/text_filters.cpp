#include <algorithm>

#include <fmt/format.h>

#include "tokenizers/chat/filters.hpp"
#include "tokenizers/chat/json_values.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/chat/python_unicode.hpp"
#include "tokenizers/chat/string_format.hpp"
#include "tokenizers/chat/text_methods.hpp"

namespace weir::chat {
namespace {

template <std::string (*change)(std::string_view)>
Value changed(Run& run, Value value, const Bound&) {
  const Value text = to_text(run, value);
  run.scan(text.text().size() * 8);
  return run.text(change(text.text()), text.is_markup());
}

// jinja2's own: words begin behind whitespace and -({[< only.
std::string title_words(std::string_view text) {
  const auto splits = [&](size_t i) {
    return std::string_view("-({[<").find(text[i]) != std::string_view::npos ||
           leading_space(text.substr(i, next_point(text, i) - i)) > 0;
  };
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = next_point(text, i);
    const bool separator = splits(i);
    while (end < text.size() && splits(end) == separator) end = next_point(text, end);
    const size_t first = next_point(text, i);
    out += upper(text.substr(i, first - i)) + lower(text.substr(first, end - first));
    i = end;
  }
  return out;
}

Value trim(Run& run, Value value, const Bound& arguments) {
  const Value text = to_text(run, value);
  std::optional<std::string_view> chars;
  if (is_given(arguments[0])) chars = text_argument(run, "trim", arguments[0]);
  run.scan(text.text().size() * (1 + (chars ? chars->size() / 16 : 0)));
  return Value::text(strip(text.text(), chars), text.is_markup());
}

Value replace(Run& run, Value value, const Bound& arguments) {
  const Value text = to_text(run, value), old = to_text(run, arguments[0]), with = to_text(run, arguments[1]);
  return replaced(run, text.text(), old.text(), with.text(),
                  is_given(arguments[2]) ? index_of(run, arguments[2]) : Integer{-1});
}

Value string(Run& run, Value value, const Bound&) { return to_text(run, value); }
Value safe(Run& run, Value value, const Bound&) { return Value::text(to_text(run, value).text(), true); }

Value escape(Run& run, Value value, const Bound&) {
  const Value text = to_text(run, value);
  if (text.is_markup()) return text;
  run.need_bytes(text.text().size() * 5);
  return run.text(escape_html(text.text()), true);
}

Value force_escape(Run& run, Value value, const Bound&) {
  const Value text = to_text(run, value);
  run.need_bytes(text.text().size() * 5);
  return run.text(escape_html(text.text()), true);
}

Value center(Run& run, Value value, const Bound& arguments) {
  return centered(run, to_text(run, value), arguments[0].given() ? index_of(run, arguments[0]) : Integer{80});
}

Value indent(Run& run, Value value, const Bound& arguments) {
  if (!value.is(Kind::text)) fail_type(run, "cannot be indented, it is no string", value);
  std::string by(4, ' ');
  if (arguments[0].is(Kind::text)) {
    by = arguments[0].text();
  } else if (arguments[0].given()) {
    const Integer width = std::clamp<Integer>(index_of(run, arguments[0]), 0, Integer{1} << 40);
    run.need_bytes(static_cast<uint64_t>(width));
    by.assign(static_cast<size_t>(width), ' ');
  }
  const bool first = arguments[1].given() && truth(run, arguments[1]);
  const bool blank_too = arguments[2].given() && truth(run, arguments[2]);
  const std::string text = std::string(value.text()) + "\n";
  run.scan(text.size() * 4);
  run.need_bytes(text.size() * 2);
  std::string out;
  size_t line = 0;
  for (const std::string_view part : split_lines(text, false)) {
    if (line > 0) out += '\n';
    if (line > 0 && (blank_too || !part.empty())) out += by;
    out += part;
    ++line;
    run.need_bytes(out.size() + by.size());
  }
  if (first) out.insert(0, by);
  return run.text(std::move(out), value.is_markup());
}

Value format(Run& run, Value value, const Arguments& arguments) {
  if (!arguments.positional.empty() && !arguments.named.empty())
    run.fail("format takes either positional or keyword arguments");
  Value given = run.tuple(arguments.positional);
  if (!arguments.named.empty()) {
    Dict* dict = run.dict();
    for (const auto& [name, argument] : arguments.named) dict->set(run, Value::text(name), argument);
    given = Value(static_cast<const Dict*>(dict));
  }
  return arithmetic(run, Op::modulo, to_text(run, value), given);
}

Value tojson(Run& run, Value value, const Bound& arguments) {
  JsonStyle style;
  const auto is_set = [&](size_t i) { return arguments[i].given() && truth(run, arguments[i]); };
  style.ensure_ascii = is_set(0);
  style.sort_keys = is_set(3);
  if (is_given(arguments[1])) {
    style.on_lines = true;
    style.item_separator = ",";
    if (arguments[1].is(Kind::text)) {
      style.indent = arguments[1].text();
    } else {
      const Integer width = std::clamp<Integer>(index_of(run, arguments[1]), 0, 100'000);
      style.indent.assign(static_cast<size_t>(width), ' ');
    }
  }
  if (is_given(arguments[2])) {
    const auto separators = collect(run, arguments[2]);
    if (separators.size() != 2) run.fail("separators takes two strings");
    style.item_separator = text_argument(run, "tojson", separators[0]);
    style.key_separator = text_argument(run, "tojson", separators[1]);
  }
  return run.text(to_json(run, value, style));
}

constexpr Filter filters[] = {
    {"trim", "chars?", trim},
    {"upper", "", changed<upper>},
    {"lower", "", changed<lower>},
    {"capitalize", "", changed<capitalize>},
    {"title", "", changed<title_words>},
    {"replace", "old new count?", replace},
    {"string", "", string},
    {"safe", "", safe},
    {"e", "", escape},
    {"escape", "", escape},
    {"forceescape", "", force_escape},
    {"center", "width?", center},
    {"indent", "width? first? blank?", indent},
    {"format", "", nullptr, format},
    {"tojson", "ensure_ascii? indent? separators? sort_keys?", tojson},
};

}  // namespace

std::span<const Filter> text_filters() { return filters; }

}  // namespace weir::chat
