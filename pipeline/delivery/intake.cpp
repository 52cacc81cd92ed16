#include "pipeline/delivery/intake.hpp"

#include <cstring>

namespace weir {
namespace {

// A FlatBuffer is read in place, and its verifier looks at offsets only: the copy is what aligns it.
constexpr size_t kAlignment = 8;

std::string_view copy(Arena& arena, std::string_view bytes) {
  if (bytes.empty()) return "";
  char* at = arena.allocate(bytes.size(), kAlignment);
  std::memcpy(at, bytes.data(), bytes.size());
  return {at, bytes.size()};
}

}  // namespace

Job& take_in(JobChunk& chunk, const RawRecord& record, const Ticket& ticket) {
  Arena& arena = chunk.arena;
  Job& job = chunk.jobs.emplace_back();
  job.ticket = ticket;
  job.timestamp_ms = record.timestamp_ms;
  if (record.key) job.key = arena.copy(*record.key);
  if (record.value) job.value = copy(arena, *record.value);
  auto headers = arena.array<Header>(record.headers.size());
  for (size_t i = 0; i < headers.size(); ++i) {
    headers[i].name = arena.copy(record.headers[i].name);
    if (record.headers[i].value) headers[i].value = arena.copy(*record.headers[i].value);
  }
  job.headers = headers;
  if (!record.value) job.input = JobInput::tombstone;
  return job;
}

}  // namespace weir
