#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/dtype.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "messages/answer.hpp"
#include "messages/format.hpp"

namespace weir {

// An outcome as a client reads it, with its own memory.
struct ReadOutcome {
  Answer answer = Answer::failure;
  std::string id;
  std::string model;
  std::string model_digest;
  std::optional<Task> task;
  std::string topic;  // of the record that asked
  int32_t partition = 0;
  int64_t offset = 0;

  DType vector_type = DType::float32;  // as it was written; `values` are float32 always
  uint32_t rows = 0;
  uint32_t dim = 0;
  bool normalized = false;
  std::vector<float> values;  // rows x dim of embedding(s) or token_classes, or the scores or rewards
  std::string label;
  std::vector<std::pair<std::string, float>> classes;
  std::vector<std::string> labels;  // of the columns of token_classes

  bool truncated = false;
  uint32_t dropped_tokens = 0;
  uint32_t prompt_tokens = 0;
  std::string metadata;

  std::string error_code;  // of a failure
  std::string error_message;
  std::string error_stage;
};

// Reads what OutcomeEncoder writes as flatbuffers or json, for clients, tools and tests; whatever the bytes, an Error
// at worst (decode_error, schema_mismatch, verifier_failed; unsupported for text). Fields it does not know are passed
// over. JSON numbers are read as float32 at once: by way of a double some would come out one bit off.
Result<ReadOutcome> read_outcome(std::string_view bytes, RecordFormat format);

}  // namespace weir
