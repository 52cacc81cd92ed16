#include <utility>

#include <fmt/format.h>

#include "tokenizers/chat/interpreter.hpp"
#include "tokenizers/chat/loop.hpp"
#include "tokenizers/chat/operators.hpp"

namespace weir::chat {

std::string Interpreter::render() {
  std::string text;
  out_ = &text;
  frame_ = run_.make<Activation>(syntax_.slots, nullptr);
  enter(syntax_.scope);
  execute(syntax_.body);
  return text;
}

void Interpreter::enter(const Scope& scope) {
  for (const auto& load : scope.loads) {
    switch (load.from) {
      case Load::From::parameter: break;
      case Load::From::context: frame_->slots[load.target] = resolve(load.name); break;
      case Load::From::outer: frame_->slots[load.target] = slot(load.source); break;
      case Load::From::nothing: frame_->slots[load.target] = {}; break;
    }
  }
}

void Interpreter::leave(const Scope& scope) {
  for (const auto& load : scope.loads) frame_->slots[load.target] = {};
}

void Interpreter::write(Value value) {
  const size_t before = out_->size();
  append_str(run_, *out_, value);
  run_.spend_bytes(out_->size() - before);
}

// Filter and call blocks: jinja2 writes what they make as it is, which only a text survives.
void Interpreter::write_text(Value value) {
  if (!value.is(Kind::text)) fail_type(run_, "was made by a block, which takes a string", value);
  write(value);
}

Value Interpreter::captured_text(std::string text) { return run_.text(std::move(text)); }

Interpreter::Flow Interpreter::execute(const Body& body) {
  for (const auto& statement : body)
    if (const Flow flow = execute(statement); flow != Flow::next) return flow;
  return Flow::next;
}

Interpreter::Flow Interpreter::execute(const Statement& statement) {
  const Deeper deeper(run_);
  run_.step();
  run_.line = statement.line;
  using Kind = Statement::Kind;
  switch (statement.kind) {
    case Kind::data: write(Value::text(statement.text)); break;
    case Kind::output:
      for (const auto& expr : statement.exprs) write(evaluate(*expr));
      break;
    case Kind::loop: return loop(statement);
    case Kind::choice: return choice(statement);
    case Kind::set: assign(*statement.targets[0], evaluate(*statement.exprs[0])); break;
    case Kind::set_block: return set_block(statement);
    case Kind::macro: slot(statement.slot) = run_.make<Macro>(*this, *statement.macro, frame_); break;
    case Kind::call_block: call_block(statement); break;
    case Kind::generation: write(run_.make<Macro>(*this, *statement.macro, frame_)->call(run_, {})); break;
    case Kind::filter_block: return filter_block(statement);
    case Kind::with: return with(statement);
    case Kind::break_loop: return Flow::break_loop;
    case Kind::continue_loop: return Flow::continue_loop;
  }
  return Flow::next;
}

Interpreter::Flow Interpreter::choice(const Statement& choice) {
  for (size_t i = 0; i < choice.exprs.size(); ++i)
    if (truth(run_, evaluate(*choice.exprs[i]))) return execute(choice.branches[i]);
  return execute(choice.otherwise);
}

// The items that pass the loop's condition, which is asked when an item is wanted: the body may change what it depends
// on.
Iterator* Interpreter::passing(const Statement& loop, Value iterable) {
  auto* frame = run_.make<Activation>(loop.test_slots, frame_);
  return generate(
      run_, [this, &loop, frame, iterable, items = static_cast<Iterator*>(nullptr)](Run& run, Value& item) mutable {
        Activation* around = std::exchange(frame_, frame);
        if (items == nullptr) {
          enter(loop.test_scope);
          items = iterate(run, iterable);
        }
        bool found = false;
        while (!found && items->next(run, item)) {
          assign(*loop.targets[1], item);
          found = truth(run, evaluate(*loop.test));
        }
        if (found) item = assigned(*loop.targets[1]);
        frame_ = around;
        return found;
      });
}

Interpreter::Flow Interpreter::loop(const Statement& loop) {
  Value iterable = evaluate(*loop.exprs[0]);
  run_.line = loop.line;
  if (loop.test) iterable = Value(passing(loop, iterable));
  Iterator* items = nullptr;
  Loop* state = nullptr;
  if (loop.has_loop) {
    slot(loop.slot) = {};
    state = run_.make<Loop>(run_, iterable);
  } else {
    items = iterate(run_, iterable);
  }
  bool done_one = false;
  for (Value item; state != nullptr ? state->advance(run_, item) : items->next(run_, item);) {
    assign(*loop.targets[0], item);
    if (state != nullptr) slot(loop.slot) = state;
    enter(loop.scope);
    const Flow flow = execute(loop.body);
    if (flow == Flow::break_loop) break;
    done_one |= flow == Flow::next;  // jinja2 counts only rounds that reach their end
  }
  leave(loop.scope);
  if (done_one || loop.otherwise.empty()) return Flow::next;
  enter(loop.other_scope);
  const Flow flow = execute(loop.otherwise);
  if (flow == Flow::next) leave(loop.other_scope);
  return flow;
}

// Enters the block's scope, and stays in it when all went on.
Interpreter::Flow Interpreter::capture(const Statement& block, std::string& text) {
  std::string* out = std::exchange(out_, &text);
  enter(block.scope);
  const Flow flow = execute(block.body);
  out_ = out;
  return flow;
}

Interpreter::Flow Interpreter::set_block(const Statement& block) {
  std::string text;
  if (const Flow flow = capture(block, text); flow != Flow::next) return flow;
  Value value = captured_text(std::move(text));
  if (!block.exprs.empty()) {
    captured_ = value;
    value = evaluate(*block.exprs[0]);
  }
  assign(*block.targets[0], value);
  leave(block.scope);
  return Flow::next;
}

Interpreter::Flow Interpreter::filter_block(const Statement& block) {
  std::string text;
  if (const Flow flow = capture(block, text); flow != Flow::next) return flow;
  captured_ = captured_text(std::move(text));
  write_text(evaluate(*block.exprs[0]));
  leave(block.scope);
  return Flow::next;
}

Interpreter::Flow Interpreter::with(const Statement& with) {
  enter(with.scope);
  for (size_t i = 0; i < with.targets.size(); ++i) assign(*with.targets[i], evaluate(*with.exprs[i]));
  const Flow flow = execute(with.body);
  if (flow == Flow::next) leave(with.scope);
  return flow;
}

void Interpreter::call_block(const Statement& block) {
  const Value caller = run_.make<Macro>(*this, *block.macro, frame_);
  write_text(call(*block.exprs[0], caller));
}

void Interpreter::assign(const Expr& target, Value value) {
  if (target.op == Op::name) {
    slot(target.slot) = value;
    return;
  }
  if (target.op == Op::attribute_target) {
    auto* space = slot(target.slot).as<Namespace>();
    if (space == nullptr) run_.fail("cannot assign attribute on non-namespace object");
    return space->set(run_, Value::text(target.member), value);
  }
  const size_t wanted = target.parts.size();
  std::vector<Value> parts;
  Iterator* items = iterate(run_, value);
  for (Value part; parts.size() <= wanted && items->next(run_, part);) parts.push_back(part);
  if (parts.size() < wanted)
    run_.fail(fmt::format("not enough values to unpack (expected {}, got {})", wanted, parts.size()));
  if (parts.size() > wanted) run_.fail(fmt::format("too many values to unpack (expected {})", wanted));
  for (size_t i = 0; i < wanted; ++i) assign(*target.parts[i], parts[i]);
}

// What a target holds, a tuple when it is one.
Value Interpreter::assigned(const Expr& target) {
  if (target.op != Op::tuple) return slot(target.slot);
  std::vector<Value> parts;
  for (const auto& part : target.parts) parts.push_back(assigned(*part));
  return run_.tuple(std::move(parts));
}

}  // namespace weir::chat
