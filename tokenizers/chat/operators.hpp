#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tokenizers/chat/object.hpp"
#include "tokenizers/chat/run.hpp"
#include "tokenizers/chat/syntax.hpp"

// Python's operators and protocols on Values, and jinja2's sandboxed look-ups. What Python would raise fails the run.
namespace weir::chat {

std::string_view type_name(Value value);
[[noreturn]] void fail_type(Run& run, std::string_view what, Value value);  // "'int' object <what>"

bool truth(Run& run, Value value);
bool equal(Run& run, Value a, Value b);
bool less(Run& run, Value a, Value b);
bool compare(Run& run, Comparison comparison, Value a, Value b);
bool contains(Run& run, Value item, Value container);
bool same(Value a, Value b);          // Python's `is`, as far as values have an identity
void check_key(Run& run, Value key);  // fails when it is not hashable

Value arithmetic(Run& run, Op op, Value a, Value b);
Value negated(Run& run, Value value);
Value positive(Run& run, Value value);

// str() and repr().
void append_str(Run& run, std::string& out, Value value);
void append_repr(Run& run, std::string& out, Value value);
std::string str(Run& run, Value value);
std::string repr(Run& run, Value value);
Value to_text(Run& run, Value value);  // str() without a copy of what is text; markup stays markup

int64_t length(Run& run, Value value);
Iterator* iterate(Run& run, Value value);
std::vector<Value> collect(Run& run, Value iterable);
Integer index_of(Run& run, Value value);  // an integer, for what counts or indexes

Value find_attribute(Run& run, Value object, std::string_view name);       // getattr(); missing: there is none
Value get_attribute(Run& run, Value object, std::string_view name);        // object.name
Value get_item(Run& run, Value object, Value key);                         // object[key]
Value slice(Run& run, Value object, Value start, Value stop, Value step);  // missing: not given
Value call(Run& run, Value callee, const Arguments& arguments);

// A lazy iterator: `next(run, item)` returns false at its end.
template <typename Next>
Iterator* generate(Run& run, Next next);

template <typename Next>
class Generator : public Iterator {
 public:
  explicit Generator(Next next) : next_(std::move(next)) {}

 private:
  bool produce(Run& run, Value& item) override { return next_(run, item); }
  Next next_;
};

template <typename Next>
Iterator* generate(Run& run, Next next) {
  return run.make<Generator<Next>>(std::move(next));
}

}  // namespace weir::chat
