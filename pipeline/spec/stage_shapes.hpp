#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace weir {

// What flows along an edge of the dataflow.
enum class Port : uint8_t { none, records, tokens, batches, hidden, results };

std::string_view to_string(Port port);

// A stage kind as `actor:` names it: what it reads, what it gives, and which sections of the option table are its
// options.
struct StageShape {
  std::string_view name;
  Port reads;
  Port gives;
  std::array<std::string_view, 5> sections;  // unused ones are empty

  bool is_source() const { return reads == Port::none; }
  bool is_sink() const { return gives == Port::none; }
};

// Every kind, in the order of the path of a message; `model`, shorthand for four of them, is the last.
std::span<const StageShape> stage_shapes();
const StageShape* find_stage_shape(std::string_view name);

}  // namespace weir
