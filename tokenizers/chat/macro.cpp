#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/chat/interpreter.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {

void Macro::append_repr(Run&, std::string& out) const {
  out += "<Macro ";
  if (code_.name.empty()) {
    out += "anonymous";
  } else {
    append_quoted(out, code_.name);
  }
  out += '>';
}

Value Macro::attribute(Run& run, std::string_view name) {
  if (name == "name") return code_.name.empty() ? Value::none() : Value::text(code_.name);
  for (const char* known : {"arguments", "catch_kwargs", "catch_varargs", "caller", "explicit_caller"})
    if (name == known) run.fail(fmt::format("the attribute '{}' of a macro is not supported", name));
  return {};
}

Value Macro::call(Run& run, const Arguments& given) {
  auto* frame = run.make<Activation>(code_.slots, outer_);
  run.spend_bytes(code_.slots * sizeof(Value));
  auto named = given.named;
  const auto take = [&named](std::string_view name) {
    const auto found =
        std::find_if(named.begin(), named.end(), [name](const auto& entry) { return entry.first == name; });
    if (found == named.end()) return Value();
    const Value value = found->second;
    named.erase(found);
    return value;
  };
  const size_t count = code_.parameters.size();
  bool found_caller = given.positional.size() >= count && code_.explicit_caller;
  for (size_t i = 0; i < count; ++i) {
    const Expr& parameter = *code_.parameters[i];
    const bool by_position = i < given.positional.size();
    frame->slots[parameter.slot.index] = by_position ? given.positional[i] : take(parameter.text);
    found_caller |= !by_position && parameter.text == "caller";
  }
  if (code_.wants_caller && !found_caller) {
    const Value caller = take("caller");
    frame->slots[code_.caller.index] =
        caller.given() && !caller.is(Kind::none) ? caller : Value::undefined("No caller defined");
  }
  if (code_.wants_kwargs) {
    Dict* kwargs = run.dict();
    for (const auto& [name, value] : named) kwargs->set(run, Value::text(name), value);
    frame->slots[code_.kwargs.index] = Value(static_cast<const Dict*>(kwargs));
  } else if (!named.empty()) {
    run.fail(fmt::format("the macro '{}' takes no keyword argument '{}'", code_.name, named[0].first));
  }
  if (code_.wants_varargs) {
    const auto from = std::min(count, given.positional.size());
    frame->slots[code_.varargs.index] =
        run.tuple({given.positional.begin() + static_cast<ptrdiff_t>(from), given.positional.end()});
  } else if (given.positional.size() > count) {
    run.fail(fmt::format("the macro '{}' takes not more than {} arguments", code_.name, count));
  }
  return invoke(frame);
}

Value Macro::invoke(Activation* frame) {
  std::string text;
  std::string* out = std::exchange(interpreter_.out_, &text);
  Activation* around = std::exchange(interpreter_.frame_, frame);
  interpreter_.enter(code_.scope);
  const size_t count = code_.parameters.size(), bare = count - code_.defaults.size();
  for (size_t i = 0; i < count; ++i) {
    Value& value = frame->slots[code_.parameters[i]->slot.index];
    if (value.given()) continue;
    if (i >= bare) {
      const Value fallback = interpreter_.evaluate(*code_.defaults[i - bare]);
      value = fallback;
    } else {
      value = interpreter_.run_.undefined(fmt::format("parameter '{}' was not provided", code_.parameters[i]->text));
    }
  }
  interpreter_.execute(*code_.body);
  interpreter_.frame_ = around;
  interpreter_.out_ = out;
  return interpreter_.run_.text(std::move(text));
}

}  // namespace weir::chat
