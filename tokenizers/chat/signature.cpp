#include "tokenizers/chat/signature.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"

namespace weir::chat {

Bound Signature::bind(Run& run, std::string_view function, const Arguments& arguments) const {
  Bound bound;
  if (arguments.positional.size() > count_)
    run.fail(fmt::format("{}() takes {} arguments but {} were given", function, count_, arguments.positional.size()));
  std::copy(arguments.positional.begin(), arguments.positional.end(), bound.begin());
  for (const auto& [name, value] : arguments.named) {
    const auto* end = names_.begin() + count_;
    const auto* found = std::find(names_.begin(), end, name);
    if (!by_name_ || found == end)
      run.fail(fmt::format("{}() got an unexpected keyword argument '{}'", function, name));
    Value& place = bound[static_cast<size_t>(found - names_.begin())];
    if (place.given()) run.fail(fmt::format("{}() got multiple values for argument '{}'", function, name));
    place = value;
  }
  for (size_t i = 0; i < required_; ++i)
    if (!bound[i].given()) run.fail(fmt::format("{}() needs the argument '{}'", function, names_[i]));
  return bound;
}

std::string_view text_argument(Run& run, std::string_view function, Value value) {
  if (!value.is(Kind::text)) fail_type(run, fmt::format("given to {}(), which takes a string", function), value);
  return value.text();
}

}  // namespace weir::chat
