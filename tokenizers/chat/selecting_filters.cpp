#include <fmt/format.h>

#include "tokenizers/chat/filters.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/tests.hpp"

namespace weir::chat {
namespace {

// What is applied to each item: a filter or test by name with arguments, or a look-up.
struct Step {
  Value path, fallback;
  std::string_view name;
  Arguments arguments;
};

Step map_step(Run& run, const Arguments& given) {
  Step step;
  if (given.positional.empty()) {
    for (const auto& [name, value] : given.named) {
      if (name == "attribute") {
        step.path = value;
      } else if (name == "default") {
        step.fallback = value;
      } else {
        run.fail(fmt::format("map got an unexpected keyword argument '{}'", name));
      }
    }
    if (!step.path.given()) run.fail("map needs a filter or an attribute");
    return step;
  }
  step.name = text_argument(run, "map", given.positional[0]);
  step.arguments.positional.assign(given.positional.begin() + 1, given.positional.end());
  step.arguments.named = given.named;
  return step;
}

Value mapped(Run& run, const Step& step, Value item) {
  if (step.name.empty()) return look_up_path(run, item, step.path, step.fallback);
  const Filter* filter = find_filter(step.name);
  if (filter == nullptr)
    run.fail(fmt::format("the filter '{}' {}", step.name,
                         is_unsupported_filter(step.name) ? "is not supported" : "does not exist"));
  return apply_filter(run, *filter, item, step.arguments);
}

Value map(Run& run, Value value, const Arguments& arguments) {
  return generate(
      run, [value, arguments, step = Step(), items = static_cast<Iterator*>(nullptr)](Run& here, Value& item) mutable {
        if (items == nullptr) {
          if (!truth(here, value)) return false;
          step = map_step(here, arguments);
          items = iterate(here, value);
        }
        if (!items->next(here, item)) return false;
        item = mapped(here, step, item);
        return true;
      });
}

Step test_step(Run& run, const Arguments& given, bool by_attribute) {
  Step step;
  size_t used = 0;
  if (by_attribute) {
    if (given.positional.empty()) run.fail("the name of an attribute is missing");
    step.path = given.positional[used++];
  }
  if (used < given.positional.size()) {
    step.name = text_argument(run, "select", given.positional[used++]);
    if (find_test(step.name) == nullptr) run.fail(fmt::format("there is no test '{}'", step.name));
    step.arguments.named = given.named;
  }
  step.arguments.positional.assign(given.positional.begin() + static_cast<ptrdiff_t>(used), given.positional.end());
  return step;
}

template <bool wanted, bool by_attribute>
Value select(Run& run, Value value, const Arguments& arguments) {
  return generate(
      run, [value, arguments, step = Step(), items = static_cast<Iterator*>(nullptr)](Run& here, Value& item) mutable {
        if (items == nullptr) {
          if (!truth(here, value)) return false;
          items = iterate(here, value);
          step = Step();
        }
        while (items->next(here, item)) {
          if (step.name.empty() && !step.path.given()) step = test_step(here, arguments, by_attribute);
          const Value tested = by_attribute ? look_up_path(here, item, step.path) : item;
          const bool passes =
              step.name.empty() ? truth(here, tested) : apply_test(here, *find_test(step.name), tested, step.arguments);
          if (passes == wanted) return true;
        }
        return false;
      });
}

constexpr Filter filters[] = {
    {"map", "", nullptr, map},
    {"select", "", nullptr, select<true, false>},
    {"reject", "", nullptr, select<false, false>},
    {"selectattr", "", nullptr, select<true, true>},
    {"rejectattr", "", nullptr, select<false, true>},
};

}  // namespace

std::span<const Filter> selecting_filters() { return filters; }

}  // namespace weir::chat
