#pragma once

#include <string>
#include <vector>

#include "tokenizers/chat/run.hpp"
#include "tokenizers/chat/syntax.hpp"

namespace weir::chat {

// The variables of one call of a function: of the template, a macro, the condition of a loop.
struct Activation : Object {
  Activation(uint32_t count, Activation* around) : slots(count), outer(around) {}
  std::string_view type_name() const override { return "activation"; }
  std::vector<Value> slots;
  Activation* outer;
};

// Renders one template once.
class Interpreter {
 public:
  // Variables that the template does not set itself are looked up here, then among the functions.
  Interpreter(Run& run, const Syntax& syntax, const Dict& variables)
      : run_(run), syntax_(syntax), variables_(variables) {}

  std::string render();

 private:
  friend class Macro;
  enum class Flow : uint8_t { next, break_loop, continue_loop };

  // execute.cpp
  Flow execute(const Body& body);
  Flow execute(const Statement& statement);
  Flow loop(const Statement& loop);
  Flow choice(const Statement& choice);
  Flow capture(const Statement& block, std::string& text);
  Flow set_block(const Statement& block);
  Flow filter_block(const Statement& block);
  Flow with(const Statement& with);
  void call_block(const Statement& block);
  Iterator* passing(const Statement& loop, Value iterable);
  void assign(const Expr& target, Value value);
  Value assigned(const Expr& target);
  void enter(const Scope& scope);
  void leave(const Scope& scope);
  void write(Value value);
  void write_text(Value value);
  Value captured_text(std::string text);

  // evaluate.cpp
  Value evaluate(const Expr& expr);
  Value evaluate_optional(const ExprPtr& expr) { return expr ? evaluate(*expr) : Value(); }
  Value name(const Expr& expr);
  Value compare(const Expr& expr);
  Value concat(const Expr& expr);
  Value dict(const Expr& expr);
  Value filter(const Expr& expr);
  Value test(const Expr& expr);
  Value call(const Expr& expr, Value caller = {});
  std::vector<Value> evaluate_all(const std::vector<ExprPtr>& exprs);
  Arguments arguments(const CallArguments& given);
  Value& slot(Slot slot);
  Value resolve(const std::string& name);

  Run& run_;
  const Syntax& syntax_;
  const Dict& variables_;
  Activation* frame_ = nullptr;
  std::string* out_ = nullptr;  // what is being written: the text rendered, or what a macro or block makes
  Value captured_;              // what a filter without input applies to
};

// A macro, or the body of a call block, with the variables around it.
class Macro : public Object {
 public:
  Macro(Interpreter& interpreter, const MacroCode& code, Activation* outer)
      : interpreter_(interpreter), code_(code), outer_(outer) {}
  std::string_view type_name() const override { return "Macro"; }
  bool callable() const override { return true; }
  void append_repr(Run& run, std::string& out) const override;
  Value attribute(Run& run, std::string_view name) override;
  Value call(Run& run, const Arguments& arguments) override;

 private:
  Value invoke(Activation* frame);

  Interpreter& interpreter_;
  const MacroCode& code_;
  Activation* outer_;
};

}  // namespace weir::chat
