#pragma once

#include <memory>
#include <vector>

#include "pipeline/flow/chunk.hpp"

namespace weir {

// A chunk of jobs with one sequence each, of these lengths; offsets count from `first_offset`.
inline SequenceChunkPtr sequences_of(const std::vector<uint32_t>& lengths, int64_t first_offset = 0) {
  auto jobs = std::make_shared<JobChunk>();
  jobs->source = std::make_shared<const SourceInfo>(SourceInfo{SourceId{0}, "source", "group", {"topic"}});
  auto chunk = std::make_shared<SequenceChunk>();
  for (uint32_t i = 0; i < lengths.size(); ++i) {
    auto& job = jobs->jobs.emplace_back();
    job.ticket.offset = Offset{first_offset + i};
    Sequence sequence;
    sequence.job = i;
    sequence.begin = static_cast<uint32_t>(chunk->ids.size());
    sequence.count = lengths[i];
    chunk->sequences.push_back(sequence);
    for (uint32_t t = 0; t < lengths[i]; ++t) chunk->ids.push_back(static_cast<int32_t>(100 + t));
    chunk->pooling.push_back({});
  }
  chunk->jobs = jobs;
  return chunk;
}

}  // namespace weir
