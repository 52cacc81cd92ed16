#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "messages/job.hpp"

namespace weir {

// The result or failure of one job on one branch. `values` of the chunk hold `rows` x `dim` floats from `first` on.
struct Outcome {
  uint32_t job = 0;  // index into JobChunk::jobs
  Task task = Task::embed;
  uint32_t first = 0;  // index into OutcomeChunk::values
  uint32_t rows = 0;   // embed, classify: 1; score: one a document; token_*: one a token
  uint32_t dim = 0;
  bool normalized = false;
  uint32_t dropped_tokens = 0;  // by truncation
  uint32_t prompt_tokens = 0;   // special tokens included
  uint32_t attempts = 1;        // how often it was tried; 0: it failed before its turn came
  std::optional<Error> error;
  std::string_view stage;  // where it failed; names of stages outlive chunks
};

// What a failure costs the dead-letter topic: of several sinks under a failed stage, one writes the dead letter.
enum class DeadLetter : uint8_t { write, skip };

// Outcomes of jobs of one chunk, on their way to a sink. Immutable after sending. A tombstone has an outcome with rows
// == 0.
struct OutcomeChunk {
  JobChunkPtr jobs;
  std::shared_ptr<const ModelFacts> model;  // null when all failed before a model was known
  std::vector<float> values;
  std::vector<Outcome> outcomes;
  DeadLetter dead_letter = DeadLetter::write;
};

using OutcomeChunkPtr = std::shared_ptr<const OutcomeChunk>;

}  // namespace weir
