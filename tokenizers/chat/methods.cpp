#include "tokenizers/chat/methods.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/signature.hpp"
#include "tokenizers/chat/text_methods.hpp"

namespace weir::chat {
namespace {

Value dict_get(Run& run, Value self, const Bound& arguments) {
  check_key(run, arguments[0]);
  const Value* found = self.dict().find(run, arguments[0]);
  if (found != nullptr) return *found;
  return arguments[1].given() ? arguments[1] : Value::none();
}

template <DictView::What what>
Value dict_view(Run& run, Value self, const Bound&) {
  return run.make<DictView>(self.dict(), what);
}

Value copy(Run&, Value self, const Bound&) { return self; }  // nothing can change either

Value sequence_count(Run& run, Value self, const Bound& arguments) {
  const auto& items = self.items().items;
  return Integer{std::count_if(items.begin(), items.end(), [&](const Value& item) {
    return same(item, arguments[0]) || equal(run, item, arguments[0]);
  })};
}

Value sequence_index(Run& run, Value self, const Bound& arguments) {
  if (arguments[1].given()) run.fail("index() with a start is not supported");
  const auto& items = self.items().items;
  for (size_t i = 0; i < items.size(); ++i)
    if (same(items[i], arguments[0]) || equal(run, items[i], arguments[0])) return Integer(i);
  run.fail("the value is not in the list");
}

constexpr Method methods[] = {
    {Kind::dict, "get", "/key default?", dict_get},
    {Kind::dict, "keys", "", dict_view<DictView::What::keys>},
    {Kind::dict, "values", "", dict_view<DictView::What::values>},
    {Kind::dict, "items", "", dict_view<DictView::What::items>},
    {Kind::dict, "copy", "", copy},
    {Kind::list, "copy", "", copy},
    {Kind::list, "count", "/value", sequence_count},
    {Kind::list, "index", "/value start? stop?", sequence_index},
    {Kind::tuple, "count", "/value", sequence_count},
    {Kind::tuple, "index", "/value start? stop?", sequence_index},
};

// What else Python has.
struct Names {
  Kind kind;
  std::string_view names;
};
constexpr Names unsupported[] = {
    {Kind::dict, " fromkeys "},
    {Kind::text, " casefold encode expandtabs format_map maketrans translate "},
    {Kind::boolean,
     " as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes "},
    {Kind::integer,
     " as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes "},
    {Kind::real, " as_integer_ratio conjugate fromhex hex imag is_integer real "},
};
constexpr Names mutating[] = {
    {Kind::dict, " clear pop popitem setdefault update "},
    {Kind::list, " append clear pop reverse insert sort extend remove "},
};

bool has(const Names& names, Value self, std::string_view name) {
  return names.kind == self.kind() && name.find(' ') == std::string_view::npos &&
         names.names.find(fmt::format(" {} ", name)) != std::string_view::npos;
}

class BoundMethod : public Object {
 public:
  BoundMethod(const Method& method, Value self) : method_(method), self_(self) {}
  std::string_view type_name() const override { return "builtin_function_or_method"; }
  bool callable() const override { return true; }
  Value call(Run& run, const Arguments& arguments) override {
    if (method_.call_with_all != nullptr) return method_.call_with_all(run, self_, arguments);
    return method_.call(run, self_, method_.signature.bind(run, method_.name, arguments));
  }

 private:
  const Method& method_;
  Value self_;
};

}  // namespace

Value find_method(Run& run, Value self, std::string_view name) {
  for (const auto& method : methods)
    if (method.kind == self.kind() && method.name == name) return run.make<BoundMethod>(method, self);
  if (self.is(Kind::text))
    if (const Method* method = find_text_method(name)) return run.make<BoundMethod>(*method, self);
  for (const auto& names : unsupported)
    if (has(names, self, name)) run.fail(fmt::format("'{}' of '{}' is not supported", name, type_name(self)));
  return {};
}

bool is_mutating(Value self, std::string_view name) {
  return std::any_of(std::begin(mutating), std::end(mutating),
                     [&](const Names& names) { return has(names, self, name); });
}

}  // namespace weir::chat
