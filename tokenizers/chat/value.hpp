#pragma once

#include <cstdint>
#include <string_view>

namespace weir::chat {

__extension__ typedef __int128 Integer;  // of Python's endless integers, those that real templates can meet

struct Sequence;
class Dict;
class Object;

enum class Kind : uint8_t {
  missing,    // no value: a variable that nobody set, an argument that was not given. Never seen by a template
  undefined,  // jinja2's Undefined; its text says why it is undefined
  none,
  boolean,
  integer,
  real,
  text,
  list,
  tuple,
  dict,
  object,  // whatever else Python would have: see object.hpp
};

// A Python value as a template sees it. Small and copied freely: what it points to lives in the Run (run.hpp) that made
// it, or, for the constants of a template, in the template. Lists, tuples and dictionaries never change once a template
// sees them.
class Value {
 public:
  Value() : integer_(0) {}
  Value(bool value) : kind_(Kind::boolean), integer_(value) {}
  Value(Integer value) : kind_(Kind::integer), integer_(value) {}
  Value(int value) : Value(Integer{value}) {}
  Value(double value) : kind_(Kind::real), real_(value) {}
  Value(Object* object) : kind_(Kind::object), object_(object) {}
  Value(const Dict* dict) : kind_(Kind::dict), dict_(dict) {}
  Value(const char*) = delete;
  static Value none() { return Value(Kind::none); }
  static Value undefined(std::string_view why) { return Value(Kind::undefined, why); }
  // `markup`: Python's Markup, what the filter `safe` makes. `+` escapes what is added to it.
  static Value text(std::string_view bytes, bool markup = false) {
    Value value(Kind::text, bytes);
    value.markup_ = markup;
    return value;
  }
  static Value sequence(Kind kind, const Sequence* items) {
    Value value(kind);
    value.sequence_ = items;
    return value;
  }

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool given() const { return kind_ != Kind::missing; }
  bool is_number() const { return kind_ == Kind::boolean || kind_ == Kind::integer || kind_ == Kind::real; }
  bool is_whole() const { return kind_ == Kind::boolean || kind_ == Kind::integer; }
  bool is_sequence() const { return kind_ == Kind::list || kind_ == Kind::tuple; }
  bool is_markup() const { return markup_; }

  bool boolean() const { return integer_ != 0; }
  Integer integer() const { return integer_; }  // of a boolean too
  double real() const { return kind_ == Kind::real ? real_ : static_cast<double>(integer_); }
  std::string_view text() const { return {text_.data, text_.size}; }  // of undefined: the reason
  const Sequence& items() const { return *sequence_; }
  const Dict& dict() const { return *dict_; }
  Object& object() const { return *object_; }
  // The object as a T, null when it is something else.
  template <typename T>
  T* as() const {
    return kind_ == Kind::object ? dynamic_cast<T*>(object_) : nullptr;
  }
  // Where what it holds lives: Python's identity, for values that have one.
  const void* address() const {
    return kind_ == Kind::text ? static_cast<const void*>(text_.data) : static_cast<const void*>(object_);
  }

 private:
  explicit Value(Kind kind) : kind_(kind), integer_(0) {}
  Value(Kind kind, std::string_view bytes) : kind_(kind), text_{bytes.data(), bytes.size()} {}

  Kind kind_ = Kind::missing;
  bool markup_ = false;
  union {
    Integer integer_;
    double real_;
    struct {
      const char* data;
      size_t size;
    } text_;
    const Sequence* sequence_;
    const Dict* dict_;
    Object* object_;
  };
};

}  // namespace weir::chat
