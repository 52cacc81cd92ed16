#include <fmt/format.h>

#include "tokenizers/chat/methods.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {
namespace {

// Attributes that Python gives every value, or every container; jinja2 lets nobody see them.
bool is_internal(Value object, std::string_view name) {
  if (name.size() < 5 || name.substr(0, 2) != "__" || name.find(' ') != std::string_view::npos) return false;
  static constexpr std::string_view of_all =
      " __class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ __gt__ __hash__ __init__ "
      "__init_subclass__ "
      "__le__ __lt__ __ne__ __new__ __reduce__ __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ __subclasshook__ ";
  static constexpr std::string_view of_containers = " __contains__ __getitem__ __iter__ __len__ ";
  const bool container =
      object.is(Kind::text) || object.is_sequence() || object.is(Kind::dict) || object.is(Kind::undefined);
  const std::string spaced = fmt::format(" {} ", name);
  return of_all.find(spaced) != std::string_view::npos ||
         (container && of_containers.find(spaced) != std::string_view::npos);
}

}  // namespace

Value find_attribute(Run& run, Value object, std::string_view name) {
  if (is_internal(object, name) || is_mutating(object, name))
    return run.undefined(fmt::format("access to attribute '{}' of '{}' object is unsafe", name, type_name(object)));
  if (object.is(Kind::undefined)) run.fail(std::string(object.text()));
  if (object.is(Kind::object)) return object.object().attribute(run, name);
  return find_method(run, object, name);
}

namespace {

// An item of a sequence by a Python index; false: it has none there.
bool at_index(int64_t size, Integer& index) {
  if (index < 0) index += size;
  return index >= 0 && index < size;
}

// Python's object[key]; missing: TypeError or LookupError.
Value find_item(Run& run, Value object, Value key) {
  if (object.is(Kind::undefined)) run.fail(std::string(object.text()));
  if (object.is(Kind::dict)) {
    if (key.is(Kind::list) || key.is(Kind::dict)) return {};
    const Value* found = object.dict().find(run, key);
    return found == nullptr ? Value() : *found;
  }
  if (!key.is_whole()) return {};
  Integer index = key.integer();
  if (object.is_sequence()) {
    const auto& items = object.items().items;
    return at_index(static_cast<int64_t>(items.size()), index) ? items[static_cast<size_t>(index)] : Value();
  }
  if (object.is(Kind::text)) {
    const std::string_view text = object.text();
    if (!at_index(length(run, object), index)) return {};
    const size_t byte = byte_of_point(text, static_cast<size_t>(index));
    return Value::text(text.substr(byte, next_point(text, byte) - byte), object.is_markup());
  }
  if (const auto* range = object.as<Range>())
    return at_index(object.object().length(run), index) ? range->at(static_cast<int64_t>(index)) : Value();
  return {};
}

Value no_such(Run& run, Value object, Value key) {
  if (key.is(Kind::text))
    return run.undefined(fmt::format("'{} object' has no attribute '{}'", type_name(object), key.text()));
  return run.undefined(fmt::format("'{}' object has no element {}", type_name(object), repr(run, key)));
}

struct Bounds {
  Integer start, stop, step;
  int64_t count;
};

// Python's slice.indices().
Bounds bounds(Run& run, int64_t size, Value start, Value stop, Value step) {
  const auto given = [](Value value) { return value.given() && !value.is(Kind::none); };
  const auto number = [&run](Value value) {
    if (!value.is_whole()) {
      if (value.is(Kind::undefined)) run.fail(std::string(value.text()));
      run.fail("slice indices must be integers or None");
    }
    return value.integer();
  };
  Bounds b{};
  b.step = given(step) ? number(step) : 1;
  if (b.step == 0) run.fail("slice step cannot be zero");
  const bool backwards = b.step < 0;
  const Integer low = backwards ? -1 : 0, high = backwards ? size - 1 : size;
  const auto clamp = [&](Value value, Integer fallback) {
    if (!given(value)) return fallback;
    Integer index = number(value);
    if (index < 0) index = index < -Integer{size} ? low : index + size;
    return index < low ? low : index > high ? high : index;
  };
  b.start = clamp(start, backwards ? high : low);
  b.stop = clamp(stop, backwards ? low : high);
  if (backwards ? b.stop < b.start : b.start < b.stop) {
    if (b.step > size) b.step = size;
    if (b.step < -Integer{size}) b.step = -Integer{size};
    b.count =
        static_cast<int64_t>(backwards ? (b.start - b.stop - 1) / -b.step + 1 : (b.stop - b.start - 1) / b.step + 1);
  }
  return b;
}

Value slice_text(Run& run, Value object, const Bounds& b) {
  const std::string_view text = object.text();
  if (b.count == 0) return Value::text("", object.is_markup());
  if (b.step == 1) {
    const size_t from = byte_of_point(text, static_cast<size_t>(b.start));
    const size_t size = byte_of_point(text.substr(from), static_cast<size_t>(b.count));
    return Value::text(text.substr(from, size), object.is_markup());
  }
  std::vector<size_t> starts;
  for (size_t byte = 0; byte < text.size(); byte = next_point(text, byte)) starts.push_back(byte);
  std::string out;
  for (int64_t i = 0; i < b.count; ++i) {
    const size_t byte = starts[static_cast<size_t>(b.start + b.step * i)];
    out += text.substr(byte, next_point(text, byte) - byte);
  }
  return run.text(std::move(out), object.is_markup());
}

}  // namespace

Value get_attribute(Run& run, Value object, std::string_view name) {
  Value found = find_attribute(run, object, name);
  if (!found.given()) found = find_item(run, object, Value::text(name));
  return found.given() ? found : no_such(run, object, Value::text(name));
}

Value get_item(Run& run, Value object, Value key) {
  Value found = find_item(run, object, key);
  if (!found.given() && key.is(Kind::text)) found = find_attribute(run, object, key.text());
  return found.given() ? found : no_such(run, object, key);
}

Value slice(Run& run, Value object, Value start, Value stop, Value step) {
  const auto* range = object.as<Range>();
  if (!object.is(Kind::text) && !object.is_sequence() && range == nullptr)
    fail_type(run, "is not subscriptable", object);
  const Bounds b = bounds(run, length(run, object), start, stop, step);
  if (object.is(Kind::text)) return slice_text(run, object, b);
  if (range != nullptr) run.fail("slices of a range are not supported");
  const auto& items = object.items().items;
  run.step(static_cast<uint64_t>(b.count) / 8);
  std::vector<Value> out;
  out.reserve(static_cast<size_t>(b.count));
  for (int64_t i = 0; i < b.count; ++i) out.push_back(items[static_cast<size_t>(b.start + b.step * i)]);
  return object.is(Kind::list) ? run.list(std::move(out)) : run.tuple(std::move(out));
}

}  // namespace weir::chat
