#pragma once
// Chunks of outcomes as poolers make them.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/outcome.hpp"

namespace weir {

inline std::shared_ptr<ModelFacts> tiny_model() {
  auto facts = std::make_shared<ModelFacts>();
  facts->name = "tiny";
  facts->digest = "sha256:0123";
  facts->labels = {"NEGATIVE", "POSITIVE"};
  return facts;
}

// One job with one outcome; change both before encoding.
struct OneOutcome {
  std::shared_ptr<JobChunk> jobs = std::make_shared<JobChunk>();
  OutcomeChunk chunk;

  OneOutcome(Task task, std::vector<float> values, uint32_t rows) {
    auto source = std::make_shared<SourceInfo>();
    source->stage = "documents";
    source->topics = {"documents"};
    jobs->source = source;
    auto& job = jobs->jobs.emplace_back();
    job.id = "id-1";
    job.ticket.at.partition = 3;
    job.ticket.offset = Offset(42);
    job.timestamp_ms = 1'700'000'000'000;
    chunk.jobs = jobs;
    chunk.model = tiny_model();
    auto& outcome = chunk.outcomes.emplace_back();
    outcome.task = task;
    outcome.rows = rows;
    outcome.dim = rows == 0 ? 0 : static_cast<uint32_t>(values.size()) / rows;
    outcome.prompt_tokens = 7;
    chunk.values = std::move(values);
  }

  Job& job() { return jobs->jobs.front(); }
  Outcome& outcome() { return chunk.outcomes.front(); }
};

}  // namespace weir
