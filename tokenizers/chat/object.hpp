#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenizers/chat/value.hpp"

namespace weir::chat {

class Run;
class Iterator;

// The arguments of a call, in the order in which they were written.
struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string_view, Value>> named;
};

// What a Value points to, owned by a Run. The functions do what Python would do; what a kind cannot do fails the run.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  virtual std::string_view type_name() const = 0;
  virtual void append_repr(Run& run, std::string& out) const;  // kinds whose repr holds an address fail
  virtual Value attribute(Run& run, std::string_view name);    // missing: there is none
  virtual Value call(Run& run, const Arguments& arguments);
  virtual bool callable() const { return false; }
  virtual Iterator* iterate(Run& run);  // null: cannot be iterated
  virtual int64_t length(Run& run);     // -1: has none
};

struct Sequence : Object {
  explicit Sequence(std::vector<Value> values) : items(std::move(values)) {}
  std::string_view type_name() const override { return "list"; }
  std::vector<Value> items;
};

// Insertion order, Python's equality of keys (1, 1.0 and true are one key). Keys must be hashable: check_key() of
// operators.hpp.
class Dict : public Object {
 public:
  std::string_view type_name() const override { return "dict"; }
  void set(Run& run, Value key, Value value);
  const Value* find(Run& run, Value key) const;
  const Value* find(std::string_view key) const;
  const std::vector<std::pair<Value, Value>>& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }

 private:
  std::vector<std::pair<Value, Value>> entries_;
  std::map<std::string_view, size_t> by_text_;
};

// Python's iterators and generators: each item is made when asked for.
class Iterator : public Object {
 public:
  std::string_view type_name() const override { return "generator"; }
  Iterator* iterate(Run&) override { return this; }
  bool next(Run& run, Value& item);  // false: at its end

 private:
  virtual bool produce(Run& run, Value& item) = 0;
};

class Range : public Object {
 public:
  Range(Integer start, Integer step, int64_t count) : start_(start), step_(step), count_(count) {}
  std::string_view type_name() const override { return "range"; }
  void append_repr(Run& run, std::string& out) const override;
  Iterator* iterate(Run& run) override;
  int64_t length(Run&) override { return count_; }
  Value at(int64_t index) const { return start_ + step_ * index; }
  void set_stop(Integer stop) { stop_ = stop; }

 private:
  Integer start_, step_, stop_ = 0;
  int64_t count_;
};

// What keys(), values() and items() of a dictionary return.
class DictView : public Object {
 public:
  enum class What : uint8_t { keys, values, items };
  DictView(const Dict& dict, What what) : dict_(dict), what_(what) {}
  std::string_view type_name() const override;
  void append_repr(Run& run, std::string& out) const override;
  Iterator* iterate(Run& run) override;
  int64_t length(Run&) override { return static_cast<int64_t>(dict_.size()); }
  Value at(Run& run, size_t index) const;

 private:
  const Dict& dict_;
  What what_;
};

// jinja2's namespace(): the one thing that a template can change.
class Namespace : public Object {
 public:
  std::string_view type_name() const override { return "TemplateNamespace"; }
  void append_repr(Run& run, std::string& out) const override;
  Value attribute(Run& run, std::string_view name) override;
  void set(Run& run, Value name, Value value);

 private:
  Dict attributes_;
};

// A function of the engine, or a method with the value that it belongs to.
class Function : public Object {
 public:
  using Body = Value (*)(Run& run, Value self, const Arguments& arguments);
  Function(std::string_view name, Body body, Value self = {}) : name_(name), body_(body), self_(self) {}
  std::string_view type_name() const override { return "builtin_function_or_method"; }
  bool callable() const override { return true; }
  Value call(Run& run, const Arguments& arguments) override { return body_(run, self_, arguments); }
  std::string_view name() const { return name_; }

 private:
  std::string_view name_;
  Body body_;
  Value self_;
};

}  // namespace weir::chat
