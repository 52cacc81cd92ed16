#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weir {

// The type of an option's value in YAML. `size` is bytes with a unit (64MiB), `duration` time with a unit (5s).
enum class OptionType : uint8_t { string, integer, number, boolean, size, duration, choice, list, map };

std::string_view to_string(OptionType type);

// One configuration option. Each room exports its options as a span; the checker, the reference page and the JSON
// Schema are made from the same table, so an option is one line of code.
struct Option {
  std::string_view section;  // "kafka_source", "delivery", "models.*": the mapping that holds the key
  std::string_view name;
  OptionType type;
  std::string_view text;           // one sentence for the reference page
  std::string_view fallback = "";  // default as written in YAML; empty: none
  bool required = false;
  std::optional<double> min = {};  // bounds of integer, number, size (bytes), duration (milliseconds)
  std::optional<double> max = {};
  std::string_view choices =
      "";               // choice: "a|b|c"; list: of its elements, if closed; integer: words it also takes ("auto")
  bool secret = false;  // shown as *** wherever configuration is printed
};

using Options = std::span<const Option>;

}  // namespace weir
