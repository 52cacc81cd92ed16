#include <algorithm>

#include <fmt/format.h>

#include "tokenizers/chat/filters.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {
namespace {

bool is_true(Run& run, Value value) { return value.given() && truth(run, value); }

Value count(Run& run, Value value, const Bound&) { return Integer{length(run, value)}; }

Value first(Run& run, Value value, const Bound&) {
  Value item;
  return iterate(run, value)->next(run, item) ? item : run.undefined("No first item, sequence was empty.");
}

bool is_reversible(Value value) {
  return value.is(Kind::undefined) || value.is(Kind::text) || value.is_sequence() || value.is(Kind::dict) ||
         value.as<Range>() != nullptr || value.as<DictView>() != nullptr;
}

Value last(Run& run, Value value, const Bound&) {
  if (!is_reversible(value)) fail_type(run, "is not reversible", value);
  if (value.is(Kind::text)) {
    const int64_t size = length(run, value);
    return size > 0 ? get_item(run, value, -1) : run.undefined("No last item, sequence was empty.");
  }
  const auto items = collect(run, value);
  return items.empty() ? run.undefined("No last item, sequence was empty.") : items.back();
}

Value list(Run& run, Value value, const Bound&) { return run.list(collect(run, value)); }

Value reverse(Run& run, Value value, const Bound&) {
  auto items = collect(run, value);
  std::reverse(items.begin(), items.end());
  if (value.is(Kind::text)) {
    std::string out;
    for (const auto& item : items) out += item.text();
    return run.text(std::move(out), value.is_markup());
  }
  const Value reversed = run.list(std::move(items));
  return is_reversible(value) ? Value(iterate(run, reversed)) : reversed;
}

Value join(Run& run, Value value, const Bound& arguments) {
  const std::string separator = arguments[0].given() ? str(run, arguments[0]) : "";
  std::string out;
  bool first_item = true;
  Iterator* items = iterate(run, value);
  for (Value item; items->next(run, item);) {
    if (!first_item) out += separator;
    first_item = false;
    append_str(run, out, look_up_path(run, item, arguments[1]));
    run.need_bytes(out.size());
  }
  return run.text(std::move(out));
}

Value sorted(Run& run, std::vector<std::pair<Value, Value>> keyed, bool reversed) {
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return reversed ? less(run, b.first, a.first) : less(run, a.first, b.first);
  });
  std::vector<Value> items;
  items.reserve(keyed.size());
  for (const auto& entry : keyed) items.push_back(entry.second);
  return run.list(std::move(items));
}

// jinja2's make_multi_attrgetter: "a,b" gives a list of both.
Value sort_key(Run& run, Value item, Value attribute, bool case_sensitive) {
  std::vector<Value> keys;
  if (attribute.is(Kind::text)) {
    for (const std::string_view path : split(attribute.text(), ",", -1))
      keys.push_back(look_up_path(run, item, Value::text(path)));
  } else {
    keys.push_back(look_up_path(run, item, attribute));
  }
  for (auto& key : keys)
    if (!case_sensitive) key = without_case(run, key);
  return run.list(std::move(keys));
}

Value sort(Run& run, Value value, const Bound& arguments) {
  const bool case_sensitive = is_true(run, arguments[1]);
  std::vector<std::pair<Value, Value>> keyed;
  for (const auto& item : collect(run, value))
    keyed.emplace_back(sort_key(run, item, arguments[2], case_sensitive), item);
  return sorted(run, std::move(keyed), is_true(run, arguments[0]));
}

Value dictsort(Run& run, Value value, const Bound& arguments) {
  const bool case_sensitive = is_true(run, arguments[0]);
  const std::string_view by = arguments[1].given() ? text_argument(run, "dictsort", arguments[1]) : "key";
  if (by != "key" && by != "value") run.fail("dictsort sorts by either \"key\" or \"value\"");
  if (!value.is(Kind::dict)) fail_type(run, "has no attribute 'items'", value);
  std::vector<std::pair<Value, Value>> keyed;
  for (const auto& [key, item] : value.dict().entries()) {
    const Value sort_by = by == "key" ? key : item;
    keyed.emplace_back(case_sensitive ? sort_by : without_case(run, sort_by), run.tuple({key, item}));
  }
  return sorted(run, std::move(keyed), is_true(run, arguments[2]));
}

template <bool largest>
Value extreme(Run& run, Value value, const Bound& arguments) {
  const bool case_sensitive = is_true(run, arguments[0]);
  Iterator* items = iterate(run, value);
  Value best, best_key;
  for (Value item; items->next(run, item);) {
    Value key = look_up_path(run, item, arguments[1]);
    if (!case_sensitive) key = without_case(run, key);
    if (best.given() && !(largest ? compare(run, Comparison::greater, key, best_key) : less(run, key, best_key)))
      continue;
    best = item;
    best_key = key;
  }
  return best.given() ? best : run.undefined("No aggregated item, sequence was empty.");
}

Value sum(Run& run, Value value, const Bound& arguments) {
  Value total = arguments[1].given() ? arguments[1] : Value(0);
  if (total.is(Kind::text)) run.fail("sum() can't sum strings");
  Iterator* items = iterate(run, value);
  for (Value item; items->next(run, item);)
    total = arithmetic(run, Op::add, total, look_up_path(run, item, arguments[0]));
  return total;
}

Value unique(Run& run, Value value, const Bound& arguments) {
  const bool case_sensitive = is_true(run, arguments[0]);
  return generate(run, [value, attribute = arguments[1], case_sensitive, seen = run.dict(),
                        items = static_cast<Iterator*>(nullptr)](Run& here, Value& item) mutable {
    if (items == nullptr) items = iterate(here, value);
    while (items->next(here, item)) {
      Value key = look_up_path(here, item, attribute);
      if (!case_sensitive) key = without_case(here, key);
      check_key(here, key);
      if (seen->find(here, key) != nullptr) continue;
      seen->set(here, key, Value::none());
      return true;
    }
    return false;
  });
}

Value items(Run& run, Value value, const Bound&) {
  return generate(run, [value, at = size_t{0}](Run& here, Value& item) mutable {
    if (value.is(Kind::undefined)) return false;
    if (!value.is(Kind::dict)) here.fail("Can only get item pairs from a mapping.");
    if (at == value.dict().size()) return false;
    const auto& [key, member] = value.dict().entries()[at++];
    item = here.tuple({key, member});
    return true;
  });
}

Value batch(Run& run, Value value, const Bound& arguments) {
  return generate(run, [value, size = arguments[0], fill = arguments[1], items = static_cast<Iterator*>(nullptr),
                        held = Value(), held_one = false](Run& here, Value& item) mutable {
    if (items == nullptr) items = iterate(here, value);
    std::vector<Value> row;
    const auto full = [&] { return equal(here, Integer(row.size()), size); };
    if (held_one) row.push_back(held);
    held_one = false;
    for (Value next; items->next(here, next);) {
      if (full()) {
        held = next;
        held_one = true;
        break;
      }
      here.need_bytes(row.size() * sizeof(Value));
      row.push_back(next);
    }
    // With a size of nothing jinja2's first row is an empty one.
    if (row.empty() && !held_one) return false;
    if (!held_one && is_given(fill) && less(here, Integer(row.size()), size)) {
      const auto wanted = static_cast<uint64_t>(std::min<Integer>(index_of(here, size), Integer{1} << 40));
      here.need_bytes(wanted * sizeof(Value));
      row.resize(wanted, fill);
    }
    item = here.list(std::move(row));
    return true;
  });
}

Value fallback(Run& run, Value value, const Bound& arguments) {
  const bool replace = value.is(Kind::undefined) || (is_true(run, arguments[1]) && !truth(run, value));
  if (!replace) return value;
  return arguments[0].given() ? arguments[0] : Value::text("");
}

Value attribute(Run& run, Value value, const Bound& arguments) {
  const Value found = find_attribute(run, value, text_argument(run, "attr", arguments[0]));
  return found.given()
             ? found
             : run.undefined(fmt::format("'{} object' has no attribute '{}'", type_name(value), arguments[0].text()));
}

constexpr Filter filters[] = {
    {"length", "", count},
    {"count", "", count},
    {"first", "", first},
    {"last", "", last},
    {"list", "", list},
    {"reverse", "", reverse},
    {"join", "d? attribute?", join},
    {"sort", "reverse? case_sensitive? attribute?", sort},
    {"dictsort", "case_sensitive? by? reverse?", dictsort},
    {"min", "case_sensitive? attribute?", extreme<false>},
    {"max", "case_sensitive? attribute?", extreme<true>},
    {"sum", "attribute? start?", sum},
    {"unique", "case_sensitive? attribute?", unique},
    {"items", "", items},
    {"batch", "linecount fill_with?", batch},
    {"default", "default_value? boolean?", fallback},
    {"d", "default_value? boolean?", fallback},
    {"attr", "name", attribute},
};

}  // namespace

std::span<const Filter> sequence_filters() { return filters; }

}  // namespace weir::chat
