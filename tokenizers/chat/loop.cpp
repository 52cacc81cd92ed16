#include "tokenizers/chat/loop.hpp"

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"

namespace weir::chat {
namespace {

Value call_cycle(Run& run, Value self, const Arguments& arguments) {
  if (!arguments.named.empty()) run.fail("cycle() takes no keyword arguments");
  return self.as<Loop>()->cycle(run, arguments.positional);
}

Value call_changed(Run& run, Value self, const Arguments& arguments) {
  if (!arguments.named.empty()) run.fail("changed() takes no keyword arguments");
  return self.as<Loop>()->changed(run, arguments.positional);
}

}  // namespace

Loop::Loop(Run& run, Value iterable) : iterable_(iterable), items_(weir::chat::iterate(run, iterable)) {}

bool Loop::peek(Run& run) {
  if (!after_.given()) {
    Value item;
    if (items_->next(run, item)) after_ = item;
  }
  return after_.given();
}

bool Loop::advance(Run& run, Value& item) {
  if (after_.given()) {
    item = after_;
    after_ = {};
  } else if (!items_->next(run, item)) {
    return false;
  }
  ++index_;
  before_ = current_;
  current_ = item;
  return true;
}

int64_t Loop::length(Run& run) {
  if (length_ >= 0) return length_;
  const bool sized = iterable_.kind() != Kind::object || iterable_.object().length(run) >= 0;
  if (sized) return length_ = weir::chat::length(run, iterable_);
  const auto rest = collect(run, Value(items_));
  length_ = static_cast<int64_t>(rest.size()) + index_ + 1 + (after_.given() ? 1 : 0);
  items_ = weir::chat::iterate(run, run.list(rest));
  return length_;
}

Value Loop::attribute(Run& run, std::string_view name) {
  if (name == "index") return Integer{index_ + 1};
  if (name == "index0") return Integer{index_};
  if (name == "first") return index_ == 0;
  if (name == "last") return !peek(run);
  if (name == "length") return Integer{length(run)};
  if (name == "revindex") return Integer{length(run) - index_};
  if (name == "revindex0") return Integer{length(run) - index_ - 1};
  if (name == "depth") return 1;
  if (name == "depth0") return 0;
  if (name == "previtem") return index_ == 0 ? Value::undefined("there is no previous item") : before_;
  if (name == "nextitem") return peek(run) ? after_ : Value::undefined("there is no next item");
  if (name == "cycle") return run.make<Function>("cycle", call_cycle, Value(this));
  if (name == "changed") return run.make<Function>("changed", call_changed, Value(this));
  return {};
}

Value Loop::call(Run& run, const Arguments&) { run.fail("recursive loops are not supported"); }

void Loop::append_repr(Run& run, std::string& out) const {
  out += fmt::format("<LoopContext {}/{}>", index_ + 1, const_cast<Loop*>(this)->length(run));
}

Value Loop::cycle(Run& run, const std::vector<Value>& values) const {
  if (values.empty()) run.fail("no items for cycling given");
  return values[static_cast<size_t>(index_) % values.size()];
}

Value Loop::changed(Run& run, const std::vector<Value>& values) {
  const Value now = run.tuple(values);
  const bool differs = !last_changed_.given() || !equal(run, last_changed_, now);
  if (differs) last_changed_ = now;
  return differs;
}

}  // namespace weir::chat
