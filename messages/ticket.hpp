#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/strong.hpp"

namespace weir {

using SourceId = Strong<struct SourceTag, uint16_t>;
using Offset = Strong<struct OffsetTag, int64_t>;

// A source stage as outcomes, dead letters and metrics name it. Immutable after start.
struct SourceInfo {
  SourceId id;
  std::string stage;                // its name in the YAML
  std::string group;                // consumer group; empty for files
  std::vector<std::string> topics;  // TopicPartition::topic is an index into this
};

struct TopicPartition {
  uint16_t topic = 0;  // index into SourceInfo::topics
  int32_t partition = 0;
  auto operator<=>(const TopicPartition&) const = default;
};

// Where a job came from, and of which assignment: a completion with an older epoch than the ledger's is late and is
// dropped.
struct Ticket {
  SourceId source;
  TopicPartition at;
  Offset offset;
  uint32_t epoch = 0;
  auto operator<=>(const Ticket&) const = default;
};

}  // namespace weir

template <>
struct std::hash<weir::TopicPartition> {
  size_t operator()(const weir::TopicPartition& at) const noexcept {
    return std::hash<uint64_t>{}(uint64_t{at.topic} << 32 | static_cast<uint32_t>(at.partition));
  }
};
