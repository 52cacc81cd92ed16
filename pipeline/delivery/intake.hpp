#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "messages/job.hpp"
#include "pipeline/delivery/ports.hpp"

namespace weir {

// Fills in a job whose key, value, headers and ticket are set. What cannot be decoded sets `job.error`.
using DecodeFn = std::function<void(JobChunk&, Job&)>;
// Bytes that the job will hold beyond its record: token ids and output. Token counts replace the guess later
// (Repriced).
using EstimateFn = std::function<int64_t(const Job&)>;

// Appends a job to the chunk: key, value and headers are copied once into its arena, 8 bytes aligned.
Job& take_in(JobChunk& chunk, const RawRecord& record, const Ticket& ticket);

}  // namespace weir
