#include "tokenizers/chat/operators.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {

std::string_view type_name(Value value) {
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined: return "Undefined";
    case Kind::none: return "NoneType";
    case Kind::boolean: return "bool";
    case Kind::integer: return "int";
    case Kind::real: return "float";
    case Kind::text: return value.is_markup() ? "Markup" : "str";
    case Kind::list: return "list";
    case Kind::tuple: return "tuple";
    case Kind::dict: return "dict";
    case Kind::object: return value.object().type_name();
  }
  return "";
}

void fail_type(Run& run, std::string_view what, Value value) {
  if (value.is(Kind::undefined)) run.fail(std::string(value.text()));
  run.fail(fmt::format("'{}' object {}", type_name(value), what));
}

bool truth(Run& run, Value value) {
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined:
    case Kind::none: return false;
    case Kind::boolean:
    case Kind::integer: return value.integer() != 0;
    case Kind::real: return value.real() != 0;
    case Kind::text: return !value.text().empty();
    case Kind::list:
    case Kind::tuple: return !value.items().items.empty();
    case Kind::dict: return value.dict().size() > 0;
    case Kind::object: return value.object().length(run) != 0;
  }
  return false;
}

namespace {

// -1, 0, 1; 2: one is no number.
int order_numbers(Value a, Value b) {
  if (a.is_whole() && b.is_whole()) return a.integer() < b.integer() ? -1 : a.integer() > b.integer() ? 1 : 0;
  if (a.is(Kind::real) && b.is(Kind::real))
    return a.real() < b.real() ? -1 : a.real() > b.real() ? 1 : a.real() == b.real() ? 0 : 2;
  // An integer with a float, without rounding the integer.
  if (b.is_whole()) {
    const int turned = order_numbers(b, a);
    return turned == 2 ? 2 : -turned;
  }
  const double real = b.real();
  if (std::isnan(real)) return 2;
  constexpr double beyond = 1.7e38;  // 2^127
  if (std::fabs(real) >= beyond) return real > 0 ? -1 : 1;
  const double whole = std::floor(real);
  const auto floor = static_cast<Integer>(whole);
  if (a.integer() != floor) return a.integer() < floor ? -1 : 1;
  return real > whole ? -1 : 0;
}

bool equal_items(Run& run, const std::vector<Value>& a, const std::vector<Value>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&run](const Value& x, const Value& y) {
           return same(x, y) || equal(run, x, y);
         });
}

bool equal_dicts(Run& run, const Dict& a, const Dict& b) {
  if (a.size() != b.size()) return false;
  return std::all_of(a.entries().begin(), a.entries().end(), [&](const auto& entry) {
    const Value* other = b.find(run, entry.first);
    return other != nullptr && (same(entry.second, *other) || equal(run, entry.second, *other));
  });
}

[[noreturn]] void fail_order(Run& run, Comparison comparison, Value a, Value b) {
  if (a.is(Kind::undefined)) run.fail(std::string(a.text()));
  if (b.is(Kind::undefined)) run.fail(std::string(b.text()));
  static constexpr const char* signs[] = {"==", "!=", "<", "<=", ">", ">="};
  run.fail(fmt::format("'{}' not supported between instances of '{}' and '{}'", signs[static_cast<size_t>(comparison)],
                       type_name(a), type_name(b)));
}

template <typename T>
bool ordered(Comparison comparison, const T& a, const T& b) {
  switch (comparison) {
    case Comparison::less: return a < b;
    case Comparison::less_equal: return a <= b;
    case Comparison::greater: return a > b;
    default: return a >= b;
  }
}

bool order(Run& run, Comparison comparison, Value a, Value b) {
  const Deeper deeper(run);
  if (a.is_number() && b.is_number()) {
    const int result = order_numbers(a, b);
    return result != 2 && ordered(comparison, result, 0);
  }
  if (a.is(Kind::text) && b.is(Kind::text)) {
    run.scan(std::min(a.text().size(), b.text().size()));
    return ordered(comparison, a.text(), b.text());  // UTF-8 sorts as its code points do
  }
  if (!a.is_sequence() || a.kind() != b.kind()) fail_order(run, comparison, a, b);
  const auto& x = a.items().items;
  const auto& y = b.items().items;
  for (size_t i = 0; i < std::min(x.size(), y.size()); ++i)
    if (!same(x[i], y[i]) && !equal(run, x[i], y[i])) return order(run, comparison, x[i], y[i]);
  return ordered(comparison, x.size(), y.size());
}

bool equal_objects(Run& run, Value a, Value b) {
  const auto* x = a.as<Range>();
  const auto* y = b.as<Range>();
  if (x == nullptr || y == nullptr) {
    if (a.as<DictView>() != nullptr && b.as<DictView>() != nullptr && a.address() != b.address())
      run.fail("comparing views of dictionaries is not supported");
    return a.address() == b.address();
  }
  const int64_t count = a.object().length(run);
  if (count != b.object().length(run)) return false;
  return count == 0 || (equal(run, x->at(0), y->at(0)) && equal(run, x->at(count - 1), y->at(count - 1)));
}

}  // namespace

bool same(Value a, Value b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::missing:
    case Kind::undefined:
    case Kind::none: return true;
    case Kind::boolean:
    case Kind::integer: return a.integer() == b.integer();
    case Kind::real: return false;
    case Kind::text: return a.text() == b.text() && (a.text().size() < 2 || a.address() == b.address());
    case Kind::list:
    case Kind::tuple:
    case Kind::dict:
    case Kind::object: return a.address() == b.address();
  }
  return false;
}

bool equal(Run& run, Value a, Value b) {
  run.step();
  if (a.is_number() && b.is_number()) return order_numbers(a, b) == 0;
  if (a.kind() != b.kind()) return false;
  const Deeper deeper(run);
  switch (a.kind()) {
    case Kind::text: run.scan(a.text().size() == b.text().size() ? a.text().size() : 0); return a.text() == b.text();
    case Kind::list:
    case Kind::tuple: return equal_items(run, a.items().items, b.items().items);
    case Kind::dict: return equal_dicts(run, a.dict(), b.dict());
    case Kind::object: return equal_objects(run, a, b);
    default: return true;  // none and none, undefined and undefined
  }
}

bool less(Run& run, Value a, Value b) {
  run.step();
  return order(run, Comparison::less, a, b);
}

bool compare(Run& run, Comparison comparison, Value a, Value b) {
  switch (comparison) {
    case Comparison::equal: return equal(run, a, b);
    case Comparison::not_equal: return !equal(run, a, b);
    case Comparison::in: return contains(run, a, b);
    case Comparison::not_in: return !contains(run, a, b);
    default: return order(run, comparison, a, b);
  }
}

bool contains(Run& run, Value item, Value container) {
  if (container.is(Kind::text)) {
    if (!item.is(Kind::text))
      run.fail(fmt::format("'in <string>' requires string as left operand, not {}", type_name(item)));
    run.scan(container.text().size());
    return find_text(container.text(), item.text()) != std::string_view::npos;
  }
  if (container.is(Kind::dict)) {
    check_key(run, item);
    return container.dict().find(run, item) != nullptr;
  }
  if (container.is_sequence()) {
    const auto& items = container.items().items;
    return std::any_of(items.begin(), items.end(),
                       [&](const Value& one) { return same(one, item) || equal(run, one, item); });
  }
  Iterator* iterator = container.is(Kind::object) ? container.object().iterate(run) : nullptr;
  if (container.is(Kind::undefined)) return false;
  if (iterator == nullptr) run.fail(fmt::format("argument of type '{}' is not iterable", type_name(container)));
  Value one;
  while (iterator->next(run, one))
    if (same(one, item) || equal(run, one, item)) return true;
  return false;
}

void check_key(Run& run, Value key) {
  const Deeper deeper(run);
  if (key.is(Kind::list) || key.is(Kind::dict)) run.fail(fmt::format("unhashable type: '{}'", type_name(key)));
  if (key.is(Kind::tuple))
    for (const auto& part : key.items().items) check_key(run, part);
}

int64_t length(Run& run, Value value) {
  switch (value.kind()) {
    case Kind::undefined: return 0;
    case Kind::text: run.scan(value.text().size()); return static_cast<int64_t>(count_points(value.text()));
    case Kind::list:
    case Kind::tuple: return static_cast<int64_t>(value.items().items.size());
    case Kind::dict: return static_cast<int64_t>(value.dict().size());
    case Kind::object:
      if (const int64_t count = value.object().length(run); count >= 0) return count;
      [[fallthrough]];
    default: run.fail(fmt::format("object of type '{}' has no len()", type_name(value)));
  }
}

Iterator* iterate(Run& run, Value value) {
  switch (value.kind()) {
    case Kind::undefined: return generate(run, [](Run&, Value&) { return false; });
    case Kind::text:
      return generate(run, [text = value.text()](Run&, Value& item) mutable {
        if (text.empty()) return false;
        const size_t size = next_point(text, 0);
        item = Value::text(text.substr(0, size));
        text.remove_prefix(size);
        return true;
      });
    case Kind::list:
    case Kind::tuple:
      return generate(run, [&items = value.items().items, at = size_t{0}](Run&, Value& item) mutable {
        if (at == items.size()) return false;
        item = items[at++];
        return true;
      });
    case Kind::dict:
      return generate(run, [&dict = value.dict(), at = size_t{0}](Run&, Value& item) mutable {
        if (at == dict.size()) return false;
        item = dict.entries()[at++].first;
        return true;
      });
    case Kind::object:
      if (Iterator* iterator = value.object().iterate(run)) return iterator;
      [[fallthrough]];
    default: run.fail(fmt::format("'{}' object is not iterable", type_name(value)));
  }
}

std::vector<Value> collect(Run& run, Value iterable) {
  if (iterable.is_sequence()) {
    run.step(iterable.items().items.size() / 8);
    return iterable.items().items;
  }
  std::vector<Value> items;
  Iterator* iterator = iterate(run, iterable);
  for (Value item; iterator->next(run, item);) {
    run.need_bytes((items.size() + 1) * sizeof(Value));
    items.push_back(item);
  }
  return items;
}

Integer index_of(Run& run, Value value) {
  if (!value.is_whole()) fail_type(run, "cannot be interpreted as an integer", value);
  return value.integer();
}

Value call(Run& run, Value callee, const Arguments& arguments) {
  run.step();
  if (!callee.is(Kind::object)) fail_type(run, "is not callable", callee);
  const Deeper deeper(run);
  return callee.object().call(run, arguments);
}

}  // namespace weir::chat
