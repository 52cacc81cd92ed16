#pragma once
// The parts of OutcomeEncoder, one per format. Internal to this room.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "messages/answer.hpp"
#include "messages/encode.hpp"

namespace flatbuffers {
class FlatBufferBuilder;
}

namespace weir {

// One outcome with all that its record tells.
struct OutcomeView {
  const Outcome& outcome;
  const Job& job;
  const SourceInfo* source;  // may be null
  const ModelFacts* model;   // may be null
  std::span<const float> values;
  Answer answer;
  const Error* error;  // of a failure

  std::string_view topic() const;
  std::span<const float> row(uint32_t index) const { return values.subspan(size_t{index} * outcome.dim, outcome.dim); }
  std::string label(uint32_t index) const;
  // Failures of records that nobody could read have no task.
  bool has_task() const { return answer != Answer::failure || model || job.task; }
  Task task() const { return answer == Answer::failure && !model && job.task ? *job.task : outcome.task; }
};

// Index of the highest value.
uint32_t best_of(std::span<const float> values);

// All write one value to the end of `out`; `out` and `builder` come empty.
void write_json_outcome(const OutcomeView& view, const OutcomeFormat& options, std::string& out);
void write_text_outcome(const OutcomeView& view, std::string& out);
void write_flatbuffers_outcome(const OutcomeView& view, const OutcomeFormat& options,
                               flatbuffers::FlatBufferBuilder& builder);

// Element `type` (float16 or bfloat16) of a value.
uint16_t to_half(float value, DType type);
float from_half(uint16_t half, DType type);

}  // namespace weir
