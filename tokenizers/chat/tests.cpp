#include "tokenizers/chat/tests.hpp"

#include "tokenizers/chat/filters.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {
namespace {

template <Comparison comparison>
bool compared(Run& run, Value value, const Bound& arguments) {
  return compare(run, comparison, value, arguments[0]);
}

template <Kind kind>
bool is_kind(Run&, Value value, const Bound&) {
  return value.is(kind);
}

template <bool wanted>
bool is_boolean(Run&, Value value, const Bound&) {
  return value.is(Kind::boolean) && value.boolean() == wanted;
}

template <int wanted>
bool has_remainder(Run& run, Value value, const Bound&) {
  return equal(run, arithmetic(run, Op::modulo, value, 2), wanted);
}

bool divisible(Run& run, Value value, const Bound& arguments) {
  return equal(run, arithmetic(run, Op::modulo, value, arguments[0]), 0);
}

bool is_known(Run& run, Value value, bool known) {
  check_key(run, value);
  return known;
}

bool is_sequence(Run& run, Value value, const Bound&) {
  return value.is(Kind::undefined) || value.is(Kind::text) || value.is_sequence() || value.is(Kind::dict) ||
         (value.as<Range>() != nullptr && length(run, value) >= 0);
}

bool is_iterable(Run& run, Value value, const Bound&) {
  if (value.is(Kind::object)) return value.object().iterate(run) != nullptr;
  return value.is(Kind::undefined) || value.is(Kind::text) || value.is_sequence() || value.is(Kind::dict);
}

constexpr Test tests[] = {
    {"defined", "", [](Run&, Value value, const Bound&) { return !value.is(Kind::undefined); }},
    {"undefined", "", is_kind<Kind::undefined>},
    {"none", "", is_kind<Kind::none>},
    {"string", "", is_kind<Kind::text>},
    {"mapping", "", is_kind<Kind::dict>},
    {"number", "", [](Run&, Value value, const Bound&) { return value.is_number(); }},
    {"integer", "", is_kind<Kind::integer>},
    {"float", "", is_kind<Kind::real>},
    {"boolean", "", is_kind<Kind::boolean>},
    {"true", "", is_boolean<true>},
    {"false", "", is_boolean<false>},
    {"sequence", "", is_sequence},
    {"iterable", "", is_iterable},
    // Undefined can be called in Python, if only to fail.
    {"callable", "",
     [](Run&, Value value, const Bound&) {
       return value.is(Kind::undefined) || (value.is(Kind::object) && value.object().callable());
     }},
    {"escaped", "", [](Run&, Value value, const Bound&) { return value.is_markup(); }},
    {"odd", "", has_remainder<1>},
    {"even", "", has_remainder<0>},
    {"divisibleby", "num", divisible},
    {"lower", "", [](Run& run, Value value, const Bound&) { return is_lower(str(run, value)); }},
    {"upper", "", [](Run& run, Value value, const Bound&) { return is_upper(str(run, value)); }},
    {"sameas", "other", [](Run&, Value value, const Bound& arguments) { return same(value, arguments[0]); }},
    {"in", "seq", compared<Comparison::in>},
    {"filter", "",
     [](Run& run, Value value, const Bound&) {
       return is_known(
           run, value,
           value.is(Kind::text) && (find_filter(value.text()) != nullptr || is_unsupported_filter(value.text())));
     }},
    {"test", "",
     [](Run& run, Value value, const Bound&) {
       return is_known(run, value, value.is(Kind::text) && find_test(value.text()) != nullptr);
     }},
    {"==", "/b", compared<Comparison::equal>},
    {"eq", "/b", compared<Comparison::equal>},
    {"equalto", "/b", compared<Comparison::equal>},
    {"!=", "/b", compared<Comparison::not_equal>},
    {"ne", "/b", compared<Comparison::not_equal>},
    {">", "/b", compared<Comparison::greater>},
    {"gt", "/b", compared<Comparison::greater>},
    {"greaterthan", "/b", compared<Comparison::greater>},
    {">=", "/b", compared<Comparison::greater_equal>},
    {"ge", "/b", compared<Comparison::greater_equal>},
    {"<", "/b", compared<Comparison::less>},
    {"lt", "/b", compared<Comparison::less>},
    {"lessthan", "/b", compared<Comparison::less>},
    {"<=", "/b", compared<Comparison::less_equal>},
    {"le", "/b", compared<Comparison::less_equal>},
};

}  // namespace

const Test* find_test(std::string_view name) {
  for (const auto& test : tests)
    if (test.name == name) return &test;
  return nullptr;
}

bool apply_test(Run& run, const Test& test, Value value, const Arguments& arguments) {
  run.step();
  return test.passes(run, value, test.signature.bind(run, test.name, arguments));
}

}  // namespace weir::chat
