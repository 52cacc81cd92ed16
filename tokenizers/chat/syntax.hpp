#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tokenizers/chat/value.hpp"

// The tree of a template: made by parse(), completed by resolve_names(), never changed after that.
namespace weir::chat {

struct Filter;
struct Test;
struct Expr;
struct Statement;
using ExprPtr = std::unique_ptr<Expr>;
using Body = std::vector<Statement>;

// Where a variable lives: in the `index`-th slot of the activation `hops` functions outwards.
struct Slot {
  uint32_t hops = 0, index = 0;
};

struct CallArguments {
  std::vector<ExprPtr> positional;
  std::vector<std::pair<std::string, ExprPtr>> named;
  ExprPtr star, double_star;  // *args, **kwargs; null: none
};

enum class Op : uint8_t {
  constant,     // value
  name,         // text, slot
  tuple,        // parts
  list,         // parts
  dict,         // parts: key, value, key, value...
  choice,       // parts: then, condition, else (null: undefined)
  filter,       // parts: input (null: the text of the block around), text, filter, arguments
  test,         // parts: input, text, test, arguments
  call,         // parts: callee, arguments
  attribute,    // parts: object, text
  item,         // parts: object, key
  slice,        // parts: object, start, stop, step (each of the last three may be null)
  concat,       // parts
  compare,      // parts: first, second, ...; comparisons between them
  logical_and,  // parts: left, right; so are all below that take two
  logical_or,
  logical_not,
  negative,
  positive,
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  modulo,
  power,
  attribute_target,  // text.member = ..., slot; only as a target of `set`
};

enum class Comparison : uint8_t { equal, not_equal, less, less_equal, greater, greater_equal, in, not_in };

struct Expr {
  Op op = Op::constant;
  uint32_t line = 0;
  uint32_t height = 1;  // of the tree below, bounded by the parser
  std::string text, member;
  Value value;
  Slot slot;
  std::vector<ExprPtr> parts;
  std::vector<Comparison> comparisons;
  CallArguments arguments;
  const Filter* filter = nullptr;  // null: jinja2 has no such filter; an error when it is reached, inside an `if`
  const Test* test = nullptr;
};

// What a scope does with its variables when it begins, as jinja2 compiles it.
struct Load {
  enum class From : uint8_t { parameter, context, outer, nothing };
  From from = From::nothing;
  uint32_t target = 0;  // slot of the activation at hand
  Slot source;          // of outer
  std::string name;     // of context
};

// A block with variables of its own. They are slots of the function that it stands in.
struct Scope {
  std::vector<Load> loads;
};

// A macro or the body of a call block: a function of its own.
struct MacroCode {
  std::string name;
  std::vector<ExprPtr> parameters;  // names
  std::vector<ExprPtr> defaults;    // of the last parameters
  bool wants_caller = false, explicit_caller = false, wants_kwargs = false, wants_varargs = false;
  Slot caller, kwargs, varargs;
  Scope scope;
  uint32_t slots = 0;  // how many an activation has
  Body* body = nullptr;
};

struct Statement {
  enum class Kind : uint8_t {
    data,       // text
    output,     // exprs
    loop,       // target, exprs: iterable; test; body, otherwise; scope of the body, other_scope, test_scope, loop_slot
    choice,     // exprs: conditions; branches; otherwise
    set,        // target, exprs: value
    set_block,  // target, exprs: filter chain (empty: none), body, scope
    macro,      // macro, body, slot
    call_block,    // macro, exprs: the call, body
    generation,    // macro, body
    filter_block,  // exprs: filter chain, body, scope
    with,          // targets, exprs: their values, body, scope
    break_loop,
    continue_loop,
  };
  Kind kind = Kind::data;
  uint32_t line = 0;
  std::string text;
  std::vector<ExprPtr> targets, exprs;
  ExprPtr test;
  Body body, otherwise;
  std::vector<Body> branches;
  Scope scope, other_scope, test_scope;
  uint32_t test_slots = 0;
  Slot slot;  // of a macro's name, of `loop`
  bool has_loop = false;
  std::unique_ptr<MacroCode> macro;
};

struct Syntax {
  Body body;
  Scope scope;
  uint32_t slots = 0;
};

}  // namespace weir::chat
