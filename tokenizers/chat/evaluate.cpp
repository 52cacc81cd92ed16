#include <fmt/format.h>

#include "tokenizers/chat/filters.hpp"
#include "tokenizers/chat/functions.hpp"
#include "tokenizers/chat/interpreter.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/tests.hpp"

namespace weir::chat {

Value Interpreter::evaluate(const Expr& expr) {
  const Deeper deeper(run_);
  run_.step();
  run_.line = expr.line;
  const auto part = [&](size_t i) { return evaluate(*expr.parts[i]); };
  switch (expr.op) {
    case Op::constant: return expr.value;
    case Op::name: return name(expr);
    case Op::tuple: return run_.tuple(evaluate_all(expr.parts));
    case Op::list: return run_.list(evaluate_all(expr.parts));
    case Op::dict: return dict(expr);
    case Op::choice:
      if (truth(run_, part(1))) return part(0);
      if (expr.parts[2]) return part(2);
      return Value::undefined("the inline if-expression was false and has no else");
    case Op::filter: return filter(expr);
    case Op::test: return test(expr);
    case Op::call: return call(expr);
    case Op::attribute: return get_attribute(run_, part(0), expr.text);
    case Op::item: {
      const Value object = part(0);
      return get_item(run_, object, part(1));
    }
    case Op::slice: {
      const Value object = part(0), start = evaluate_optional(expr.parts[1]), stop = evaluate_optional(expr.parts[2]);
      return slice(run_, object, start, stop, evaluate_optional(expr.parts[3]));
    }
    case Op::concat: return concat(expr);
    case Op::compare: return compare(expr);
    case Op::logical_and: {
      const Value left = part(0);
      return truth(run_, left) ? part(1) : left;
    }
    case Op::logical_or: {
      const Value left = part(0);
      return truth(run_, left) ? left : part(1);
    }
    case Op::logical_not: return !truth(run_, part(0));
    case Op::negative: return negated(run_, part(0));
    case Op::positive: return positive(run_, part(0));
    case Op::attribute_target: break;  // never evaluated
    default: {
      const Value left = part(0), right = part(1);
      run_.line = expr.line;
      return arithmetic(run_, expr.op, left, right);
    }
  }
  return {};
}

Value& Interpreter::slot(Slot slot) {
  Activation* frame = frame_;
  for (uint32_t hops = slot.hops; hops > 0; --hops) frame = frame->outer;
  return frame->slots[slot.index];
}

Value Interpreter::resolve(const std::string& name) {
  const Value* found = variables_.find(name);
  return found != nullptr ? *found : find_function(run_, name);
}

Value Interpreter::name(const Expr& expr) {
  const Value value = slot(expr.slot);
  return value.given() ? value : run_.undefined(fmt::format("'{}' is undefined", expr.text));
}

std::vector<Value> Interpreter::evaluate_all(const std::vector<ExprPtr>& exprs) {
  std::vector<Value> values;
  values.reserve(exprs.size());
  for (const auto& expr : exprs) values.push_back(evaluate(*expr));
  return values;
}

Value Interpreter::compare(const Expr& expr) {
  Value left = evaluate(*expr.parts[0]);
  for (size_t i = 0; i < expr.comparisons.size(); ++i) {
    const Value right = evaluate(*expr.parts[i + 1]);
    if (!weir::chat::compare(run_, expr.comparisons[i], left, right)) return false;
    left = right;
  }
  return true;
}

Value Interpreter::concat(const Expr& expr) {
  std::string out;
  for (const auto& value : evaluate_all(expr.parts)) append_str(run_, out, value);
  return run_.text(std::move(out));
}

Value Interpreter::dict(const Expr& expr) {
  Dict* made = run_.dict();
  for (size_t i = 0; i < expr.parts.size(); i += 2) {
    const Value key = evaluate(*expr.parts[i]);
    check_key(run_, key);
    made->set(run_, key, evaluate(*expr.parts[i + 1]));
  }
  return Value(static_cast<const Dict*>(made));
}

Value Interpreter::filter(const Expr& expr) {
  const Value input = expr.parts[0] ? evaluate(*expr.parts[0]) : captured_;
  if (expr.filter == nullptr) run_.fail(fmt::format("there is no filter '{}'", expr.text));
  const Arguments given = arguments(expr.arguments);
  run_.line = expr.line;
  return apply_filter(run_, *expr.filter, input, given);
}

Value Interpreter::test(const Expr& expr) {
  const Value input = evaluate(*expr.parts[0]);
  if (expr.test == nullptr) run_.fail(fmt::format("there is no test '{}'", expr.text));
  const Arguments given = arguments(expr.arguments);
  run_.line = expr.line;
  return apply_test(run_, *expr.test, input, given);
}

Value Interpreter::call(const Expr& expr, Value caller) {
  const Value callee = evaluate(*expr.parts[0]);
  Arguments given = arguments(expr.arguments);
  if (caller.given()) given.named.emplace_back("caller", caller);
  run_.line = expr.line;
  return weir::chat::call(run_, callee, given);
}

Arguments Interpreter::arguments(const CallArguments& given) {
  Arguments made;
  made.positional = evaluate_all(given.positional);
  for (const auto& [name, value] : given.named) made.named.emplace_back(name, evaluate(*value));
  if (given.star)
    for (const auto& value : collect(run_, evaluate(*given.star))) made.positional.push_back(value);
  if (!given.double_star) return made;
  const Value more = evaluate(*given.double_star);
  if (!more.is(Kind::dict)) fail_type(run_, "behind ** is no mapping", more);
  for (const auto& [key, value] : more.dict().entries()) {
    if (!key.is(Kind::text)) run_.fail("keywords must be strings");
    for (const auto& [name, other] : made.named)
      if (name == key.text()) run_.fail(fmt::format("got multiple values for keyword argument '{}'", name));
    run_.step(made.named.size());
    made.named.emplace_back(key.text(), value);
  }
  return made;
}

}  // namespace weir::chat
