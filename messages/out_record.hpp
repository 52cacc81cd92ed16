#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "messages/arena.hpp"
#include "messages/job.hpp"

namespace weir {

// A record ready to be written. Views point into the arena of its OutChunk, except `topic`, which may also be a stage's
// own.
struct OutRecord {
  std::string_view topic;  // files: the path as configured
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  // nullopt: a tombstone
  std::span<const Header> headers;
  int64_t timestamp_ms = -1;
};

// What one sink made of one OutcomeChunk. Immutable after sending; kept alive by the spans that name it until its
// records are durable, so that a retry needs no second encoding and librdkafka no copy.
struct OutChunk {
  explicit OutChunk(size_t bytes = 4 * 1024) : arena(bytes) {}  // that its records will take, about

  Arena arena;
  std::vector<OutRecord> records;
};

// Some records of an OutChunk: those that one job causes on one branch. May be empty (routed away, closed by another
// branch).
struct OutSpan {
  std::shared_ptr<const OutChunk> chunk;
  uint32_t first = 0;
  uint32_t count = 0;

  std::span<const OutRecord> records() const {
    return chunk ? std::span<const OutRecord>(chunk->records).subspan(first, count) : std::span<const OutRecord>{};
  }
};

}  // namespace weir
