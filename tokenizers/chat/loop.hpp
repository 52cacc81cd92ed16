#pragma once

#include "tokenizers/chat/run.hpp"

namespace weir::chat {

// The variable `loop` of a for loop: jinja2's LoopContext.
class Loop : public Object {
 public:
  Loop(Run& run, Value iterable);
  std::string_view type_name() const override { return "LoopContext"; }
  bool callable() const override { return true; }
  void append_repr(Run& run, std::string& out) const override;
  Value attribute(Run& run, std::string_view name) override;
  Value call(Run& run, const Arguments& arguments) override;
  int64_t length(Run& run) override;

  bool advance(Run& run, Value& item);  // false: there is no further item
  Value cycle(Run& run, const std::vector<Value>& values) const;
  Value changed(Run& run, const std::vector<Value>& values);

 private:
  bool peek(Run& run);

  Value iterable_;
  Iterator* items_;
  int64_t index_ = -1;   // of the current item, from 0
  int64_t length_ = -1;  // -1: nobody asked
  Value before_, current_, after_;
  Value last_changed_;
};

}  // namespace weir::chat
