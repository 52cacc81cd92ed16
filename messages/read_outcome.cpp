#include "messages/read_outcome.hpp"

#include <bit>
#include <cstring>

#include <flatbuffers/flatbuffers.h>

#include "messages/outcome_writers.hpp"
#include "messages/read_outcome_json.hpp"
#include "messages/schema/outcome_generated.h"
#include "messages/wire_enums.hpp"

namespace weir {
namespace {

std::string text(const flatbuffers::String* value) { return value ? value->str() : std::string(); }

void read_floats(const flatbuffers::Vector<float>& from, std::vector<float>& to) {
  to.assign(from.begin(), from.end());
}

void read_halves(const flatbuffers::Vector<uint16_t>& from, DType type, std::vector<float>& to) {
  to.reserve(from.size());
  for (const uint16_t half : from) to.push_back(from_half(half, type));
}

Result<DType> dtype_of(wire::VectorType type) {
  switch (type) {
    case wire::VectorType::float32: return DType::float32;
    case wire::VectorType::float16: return DType::float16;
    case wire::VectorType::bfloat16: return DType::bfloat16;
  }
  return fail(ErrorCode::schema_mismatch, "field vector_type: no value of its enumeration; read it with a newer weir");
}

constexpr std::string_view wrong_shape = "rows x dim is not the number of values";

Result<void> read_token_classes(const wire::Outcome& wire, ReadOutcome& out) {
  out.answer = Answer::token_classes;
  read_floats(*wire.token_classes(), out.values);
  if (wire.labels())
    for (const auto* label : *wire.labels()) out.labels.push_back(text(label));
  if (uint64_t{out.rows} * out.dim != out.values.size() || out.labels.size() != out.dim)
    return fail(ErrorCode::schema_mismatch, std::string(wrong_shape));
  return {};
}

// Sets the answer and its values; exactly one is expected.
Result<void> read_answer(const wire::Outcome& wire, ReadOutcome& out) {
  const auto type = dtype_of(wire.vector_type());
  if (!type) return fail(type.error());
  out.vector_type = *type;
  out.rows = wire.rows();
  out.dim = wire.dim();
  out.normalized = wire.normalized();
  if (const auto* failure = wire.failure()) {
    out.answer = Answer::failure;
    out.error_code = text(failure->code());
    out.error_message = text(failure->message());
    out.error_stage = text(failure->stage());
    return {};
  }
  const bool single = wire.embedding() || wire.embedding_16();
  if (single || wire.embeddings() || wire.embeddings_16()) {
    out.answer = single ? Answer::embedding : Answer::embeddings;
    const auto* floats = single ? wire.embedding() : wire.embeddings();
    const auto* halves = single ? wire.embedding_16() : wire.embeddings_16();
    if (floats) read_floats(*floats, out.values);
    if (halves) read_halves(*halves, out.vector_type, out.values);
    if (uint64_t{out.rows} * out.dim != out.values.size())
      return fail(ErrorCode::schema_mismatch, std::string(wrong_shape));
    return {};
  }
  if (wire.token_classes()) return read_token_classes(wire, out);
  if (const auto* classes = wire.classes()) {
    out.answer = Answer::classes;
    out.label = text(wire.label());
    for (const auto* one : *classes) out.classes.emplace_back(text(one->label()), one->probability());
    return {};
  }
  out.answer = wire.score()    ? Answer::score
               : wire.scores() ? Answer::scores
               : wire.reward() ? Answer::reward
                               : Answer::rewards;
  if (wire.score()) out.values = {*wire.score()};
  if (wire.scores()) read_floats(*wire.scores(), out.values);
  if (wire.reward()) out.values = {*wire.reward()};
  if (wire.rewards()) read_floats(*wire.rewards(), out.values);
  if (out.values.empty()) return fail(ErrorCode::schema_mismatch, "the outcome has neither a result nor a failure");
  return {};
}

Result<ReadOutcome> read_flatbuffers_outcome(std::string_view bytes) {
  // 8-byte aligned, whatever the caller has.
  std::vector<uint64_t> aligned((bytes.size() + 7) / 8);
  if (bytes.size() < 8) return fail(ErrorCode::verifier_failed, "too short for a FlatBuffer");
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  const auto* data = reinterpret_cast<const uint8_t*>(aligned.data());
  if (!wire::OutcomeBufferHasIdentifier(data))
    return fail(ErrorCode::verifier_failed, "the file identifier is not that of an outcome");
  constexpr uint32_t max_depth = 16;
  constexpr uint32_t max_tables = 1 << 16;  // a class is one
  flatbuffers::Verifier verifier(data, bytes.size(), max_depth, max_tables);
  if (!wire::VerifyOutcomeBuffer(verifier)) return fail(ErrorCode::verifier_failed, "the FlatBuffer is broken");

  const wire::Outcome& wire = *wire::GetOutcome(data);
  ReadOutcome out;
  out.id = text(wire.id());
  out.model = text(wire.model());
  out.model_digest = text(wire.model_digest());
  if (const auto task = wire.task()) out.task = from_wire(*task);
  if (const auto* source = wire.source()) {
    out.topic = text(source->topic());
    out.partition = source->partition();
    out.offset = source->offset();
  }
  out.truncated = wire.truncated();
  out.dropped_tokens = wire.dropped_tokens();
  out.prompt_tokens = wire.prompt_tokens();
  if (const auto* metadata = wire.metadata()) out.metadata.assign(metadata->begin(), metadata->end());
  if (auto done = read_answer(wire, out); !done) return fail(done.error());
  return out;
}

}  // namespace

Result<ReadOutcome> read_outcome(std::string_view bytes, RecordFormat format) {
  switch (format) {
    case RecordFormat::flatbuffers: return read_flatbuffers_outcome(bytes);
    case RecordFormat::json: return read_json_outcome(bytes);
    case RecordFormat::text: break;
  }
  return fail(ErrorCode::unsupported, "outcomes in the text format are for people: read json or flatbuffers");
}

}  // namespace weir
