#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {
namespace {

// What grows is checked as it grows: a value that holds itself many times prints exponentially long.
void check_size(Run& run, const std::string& out) {
  run.step();
  run.need_bytes(out.size());
}

void append_items(Run& run, std::string& out, Value sequence) {
  const auto& items = sequence.items().items;
  const bool list = sequence.is(Kind::list);
  out += list ? '[' : '(';
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    append_repr(run, out, items[i]);
  }
  if (!list && items.size() == 1) out += ',';
  out += list ? ']' : ')';
}

void append_dict(Run& run, std::string& out, const Dict& dict) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : dict.entries()) {
    if (!first) out += ", ";
    first = false;
    append_repr(run, out, key);
    out += ": ";
    append_repr(run, out, value);
  }
  out += '}';
}

}  // namespace

void append_repr(Run& run, std::string& out, Value value) {
  const Deeper deeper(run);
  check_size(run, out);
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined: out += "Undefined"; return;
    case Kind::none: out += "None"; return;
    case Kind::boolean: out += value.boolean() ? "True" : "False"; return;
    case Kind::integer: out += integer_text(value.integer()); return;
    case Kind::real: out += real_text(value.real()); return;
    case Kind::text:
      run.need_bytes(out.size() + value.text().size());
      if (value.is_markup()) out += "Markup(";
      append_quoted(out, value.text());
      if (value.is_markup()) out += ')';
      return;
    case Kind::list:
    case Kind::tuple: return append_items(run, out, value);
    case Kind::dict: return append_dict(run, out, value.dict());
    case Kind::object: return value.object().append_repr(run, out);
  }
}

void append_str(Run& run, std::string& out, Value value) {
  if (value.is(Kind::undefined)) return;
  if (!value.is(Kind::text)) return append_repr(run, out, value);
  run.need_bytes(out.size() + value.text().size());
  out += value.text();
}

std::string str(Run& run, Value value) {
  std::string out;
  append_str(run, out, value);
  return out;
}

std::string repr(Run& run, Value value) {
  std::string out;
  append_repr(run, out, value);
  return out;
}

Value to_text(Run& run, Value value) { return value.is(Kind::text) ? value : run.text(str(run, value)); }

}  // namespace weir::chat
