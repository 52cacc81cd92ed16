#include "tokenizers/chat/object.hpp"

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/chat/run.hpp"

namespace weir::chat {

void Object::append_repr(Run& run, std::string&) const {
  run.fail(fmt::format("'{}' objects print as their address, which is not supported", type_name()));
}
Value Object::attribute(Run&, std::string_view) { return {}; }
Value Object::call(Run& run, const Arguments&) { run.fail(fmt::format("'{}' object is not callable", type_name())); }
Iterator* Object::iterate(Run&) { return nullptr; }
int64_t Object::length(Run&) { return -1; }

namespace {

bool key_equal(Run& run, const Value& a, const Value& b) {
  run.step();
  return same(a, b) || equal(run, a, b);
}

}  // namespace

void Dict::set(Run& run, Value key, Value value) {
  if (key.is(Kind::text)) {
    const auto [at, added] = by_text_.emplace(key.text(), entries_.size());
    if (!added) {
      entries_[at->second].second = value;
      return;
    }
  } else {
    for (auto& entry : entries_)
      if (!entry.first.is(Kind::text) && key_equal(run, entry.first, key)) {
        entry.second = value;
        return;
      }
  }
  run.spend_bytes(2 * sizeof(Value) + 64);
  entries_.emplace_back(key, value);
}

const Value* Dict::find(std::string_view key) const {
  const auto found = by_text_.find(key);
  return found == by_text_.end() ? nullptr : &entries_[found->second].second;
}

const Value* Dict::find(Run& run, Value key) const {
  if (key.is(Kind::text)) return find(key.text());
  if (by_text_.size() == entries_.size()) return nullptr;
  for (const auto& entry : entries_)
    if (!entry.first.is(Kind::text) && key_equal(run, entry.first, key)) return &entry.second;
  return nullptr;
}

bool Iterator::next(Run& run, Value& item) {
  const Deeper deeper(run);  // iterators over iterators
  run.step();
  return produce(run, item);
}

void Range::append_repr(Run&, std::string& out) const {
  out += fmt::format("range({}, {}", start_, stop_);
  if (step_ != 1) out += fmt::format(", {}", step_);
  out += ")";
}

Iterator* Range::iterate(Run& run) {
  return generate(run, [this, at = int64_t{0}](Run&, Value& item) mutable {
    if (at == count_) return false;
    item = this->at(at++);
    return true;
  });
}

std::string_view DictView::type_name() const {
  return what_ == What::keys ? "dict_keys" : what_ == What::values ? "dict_values" : "dict_items";
}

Value DictView::at(Run& run, size_t index) const {
  const auto& [key, value] = dict_.entries()[index];
  return what_ == What::keys ? key : what_ == What::values ? value : run.tuple({key, value});
}

void DictView::append_repr(Run& run, std::string& out) const {
  out += fmt::format("{}([", type_name());
  for (size_t i = 0; i < dict_.size(); ++i) {
    if (i > 0) out += ", ";
    weir::chat::append_repr(run, out, at(run, i));
  }
  out += "])";
}

Iterator* DictView::iterate(Run& run) {
  return generate(run, [this, at = size_t{0}](Run& here, Value& item) mutable {
    if (at == dict_.size()) return false;
    item = this->at(here, at++);
    return true;
  });
}

void Namespace::append_repr(Run& run, std::string& out) const {
  out += "<Namespace ";
  weir::chat::append_repr(run, out, Value(&attributes_));
  out += ">";
}

Value Namespace::attribute(Run&, std::string_view name) {
  const Value* found = attributes_.find(name);
  return found == nullptr ? Value() : *found;
}

void Namespace::set(Run& run, Value name, Value value) {
  if (name.is(Kind::text) && name.text().substr(0, 1) == "_")
    run.fail(fmt::format("a namespace takes no attribute that begins with an underscore: '{}'", name.text()));
  attributes_.set(run, name, value);
}

}  // namespace weir::chat
