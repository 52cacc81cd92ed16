#include "tokenizers/chat/run.hpp"

#include <fmt/format.h>

namespace weir::chat {

void Run::too_much(const char* what) const { fail(fmt::format("the template {}", what)); }

Value Run::text(std::string bytes, bool markup) {
  spend_bytes(bytes.size() + sizeof(std::string));
  return Value::text(texts_.emplace_back(std::move(bytes)), markup);
}

Value Run::undefined(std::string why) {
  spend_bytes(why.size() + sizeof(std::string));
  return Value::undefined(texts_.emplace_back(std::move(why)));
}

Value Run::sequence(Kind kind, std::vector<Value> items) {
  spend_bytes(items.size() * sizeof(Value));
  return Value::sequence(kind, make<Sequence>(std::move(items)));
}

}  // namespace weir::chat
