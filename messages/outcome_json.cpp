#include <bit>
#include <vector>

#include "messages/json_writer.hpp"
#include "messages/outcome_writers.hpp"

namespace weir {
namespace {

static_assert(std::endian::native == std::endian::little, "raw vectors are little-endian on the wire");

std::string_view bytes_of(const void* data, size_t bytes) { return {static_cast<const char*>(data), bytes}; }

void write_numbers(std::span<const float> values, DType type, JsonWriter& json) {
  json.open('[');
  if (type == DType::float32) {
    for (const float value : values) json.number(value);
  } else {
    const int digits =
        type == DType::float16 ? 5 : 4;  // ceil(1 + bits of mantissa * log10(2)): enough to read the same back
    for (const float value : values) json.number(from_half(to_half(value, type), type), digits);
  }
  json.close(']');
}

void write_vector(std::span<const float> values, const OutcomeFormat& options, JsonWriter& json) {
  if (options.vector_encoding == VectorEncoding::numbers) {
    write_numbers(values, options.vector_type, json);
  } else if (options.vector_type == DType::float32) {
    json.base64(bytes_of(values.data(), values.size_bytes()));
  } else {
    std::vector<uint16_t> halves(values.size());
    for (size_t i = 0; i < values.size(); ++i) halves[i] = to_half(values[i], options.vector_type);
    json.base64(bytes_of(halves.data(), halves.size() * sizeof(uint16_t)));
  }
}

void write_vectors(const OutcomeView& view, const OutcomeFormat& options, JsonWriter& json) {
  json.field("dim").integer(view.outcome.dim);
  json.field("normalized").boolean(view.outcome.normalized);
  json.field("vector_type").string(to_string(options.vector_type));
  if (view.answer == Answer::embedding) {
    json.field("embedding");
    write_vector(view.values, options, json);
    return;
  }
  json.field("embeddings").open('[');
  for (uint32_t i = 0; i < view.outcome.rows; ++i) write_vector(view.row(i), options, json);
  json.close(']');
}

void write_classes(const OutcomeView& view, JsonWriter& json) {
  json.field("label").string(view.label(best_of(view.values)));
  json.field("classes").open('[');
  for (uint32_t i = 0; i < view.values.size(); ++i) {
    json.open('{');
    json.field("label").string(view.label(i));
    json.field("probability").number(view.values[i]);
    json.close('}');
  }
  json.close(']');
}

void write_token_classes(const OutcomeView& view, JsonWriter& json) {
  json.field("labels").open('[');
  for (uint32_t i = 0; i < view.outcome.dim; ++i) json.string(view.label(i));
  json.close(']');
  json.field("token_classes").open('[');
  for (uint32_t i = 0; i < view.outcome.rows; ++i) write_numbers(view.row(i), DType::float32, json);
  json.close(']');
}

void write_failure(const OutcomeView& view, JsonWriter& json) {
  json.field("error").open('{');
  json.field("code").string(to_string(view.error->code));
  json.field("message").string(view.error->message);
  json.field("stage").string(view.outcome.stage);
  json.close('}');
}

void write_answer(const OutcomeView& view, const OutcomeFormat& options, JsonWriter& json) {
  switch (view.answer) {
    case Answer::failure: return write_failure(view, json);
    case Answer::embedding:
    case Answer::embeddings: return write_vectors(view, options, json);
    case Answer::classes: return write_classes(view, json);
    case Answer::token_classes: return write_token_classes(view, json);
    case Answer::score: return json.field("score").number(view.values.empty() ? NAN : view.values[0]);
    case Answer::scores: return write_numbers(view.values, DType::float32, json.field("scores"));
    case Answer::reward: return json.field("reward").number(view.values[0]);
    case Answer::rewards: return write_numbers(view.values, DType::float32, json.field("rewards"));
  }
}

}  // namespace

void write_json_outcome(const OutcomeView& view, const OutcomeFormat& options, std::string& out) {
  const Job& job = view.job;
  const Outcome& outcome = view.outcome;
  JsonWriter json(out);
  json.open('{');
  if (!job.id.empty()) json.field("id").string(job.id);
  if (view.model) {
    json.field("model").string(view.model->name);
    json.field("model_digest").string(view.model->digest);
  }
  if (view.has_task()) json.field("task").string(to_string(view.task()));
  json.field("source").open('{');
  json.field("topic").string(view.topic());
  json.field("partition").integer(job.ticket.at.partition);
  json.field("offset").integer(job.ticket.offset.value);
  json.close('}');
  if (view.answer != Answer::failure) {
    json.field("truncated").boolean(outcome.dropped_tokens > 0);
    if (outcome.dropped_tokens > 0) json.field("dropped_tokens").integer(outcome.dropped_tokens);
    json.field("usage").open('{');
    json.field("prompt_tokens").integer(outcome.prompt_tokens);
    json.close('}');
  }
  if (!job.metadata.empty()) {
    json.field("metadata");
    if (job.metadata_is_json)
      json.json(job.metadata);
    else
      json.base64(job.metadata);
  }
  write_answer(view, options, json);
  json.close('}');
}

}  // namespace weir
