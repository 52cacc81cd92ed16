#pragma once
// Enumerations of the schema and of the program stand in the same order; a value from the wire may be neither.

#include <optional>

#include "base/task.hpp"
#include "messages/job.hpp"
#include "messages/schema/vocabulary_generated.h"

namespace weir {

static_assert(static_cast<int>(wire::Task::token_classify) == static_cast<int>(Task::token_classify));
static_assert(static_cast<int>(wire::Lane::bulk) == static_cast<int>(Lane::bulk));
static_assert(static_cast<int>(wire::Truncate::none) == static_cast<int>(Truncate::none));

inline std::optional<Task> from_wire(wire::Task task) {
  if (task < wire::Task::MIN || task > wire::Task::MAX) return std::nullopt;
  return static_cast<Task>(task);
}
inline std::optional<Lane> from_wire(wire::Lane lane) {
  if (lane < wire::Lane::MIN || lane > wire::Lane::MAX) return std::nullopt;
  return static_cast<Lane>(lane);
}
inline std::optional<Truncate> from_wire(wire::Truncate side) {
  if (side < wire::Truncate::MIN || side > wire::Truncate::MAX) return std::nullopt;
  return static_cast<Truncate>(side);
}

inline wire::Task to_wire(Task task) { return static_cast<wire::Task>(task); }
inline wire::Lane to_wire(Lane lane) { return static_cast<wire::Lane>(lane); }
inline wire::Truncate to_wire(Truncate side) { return static_cast<wire::Truncate>(side); }

}  // namespace weir
