#include "messages/encode.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include "messages/decode.hpp"
#include "messages/halves.hpp"
#include "messages/job_readers.hpp"
#include "messages/outcome_writers.hpp"
#include "messages/schema/outcome_generated.h"

namespace weir {
namespace {

constexpr size_t keep_scratch = 1 << 20;

std::string_view content_type(RecordFormat format) {
  switch (format) {
    case RecordFormat::flatbuffers: return "application/vnd.weir.outcome+flatbuffers";
    case RecordFormat::json: return "application/json";
    case RecordFormat::text: break;
  }
  return "text/plain; charset=utf-8";
}

Answer answer_of(const Outcome& outcome, const Job& job) {
  if (outcome.rows == 0 || outcome.dim == 0) return Answer::failure;
  switch (outcome.task) {
    case Task::embed: return outcome.rows == 1 ? Answer::embedding : Answer::embeddings;
    case Task::token_embed: return Answer::embeddings;
    case Task::classify: return Answer::classes;
    case Task::score: return job.one_document ? Answer::score : Answer::scores;
    case Task::reward: return outcome.rows == 1 && outcome.dim == 1 ? Answer::reward : Answer::rewards;
    case Task::token_classify: return Answer::token_classes;
  }
  return Answer::failure;
}

bool is_ours(std::string_view header) {
  return equals_ignoring_case(header, "content-type") || equals_ignoring_case(header, "weir-schema");
}

// The job's headers with ours in place of what they said of the input's format.
std::span<const Header> outcome_headers(std::span<const Header> input, RecordFormat format, Arena& arena) {
  const auto kept =
      input.size() - std::count_if(input.begin(), input.end(), [](const auto& h) { return is_ours(h.name); });
  auto headers = arena.array<Header>(kept + 2);
  size_t n = 0;
  for (const Header& header : input)
    if (!is_ours(header.name))
      headers[n++] = {arena.copy(header.name), header.value ? std::optional(arena.copy(*header.value)) : std::nullopt};
  headers[n++] = {"content-type", content_type(format)};
  headers[n] = {"weir-schema", wire::OutcomeIdentifier()};
  return headers;
}

}  // namespace

struct OutcomeEncoder::Scratch {
  flatbuffers::FlatBufferBuilder builder{4096};
  std::string text;
};

OutcomeEncoder::OutcomeEncoder(OutcomeFormat options) : options_(options), scratch_(std::make_unique<Scratch>()) {}
OutcomeEncoder::~OutcomeEncoder() = default;
OutcomeEncoder::OutcomeEncoder(OutcomeEncoder&&) noexcept = default;
OutcomeEncoder& OutcomeEncoder::operator=(OutcomeEncoder&&) noexcept = default;

OutRecord OutcomeEncoder::encode(const OutcomeChunk& chunk, const Outcome& outcome, Arena& arena) {
  const Job& job = chunk.jobs->jobs.at(outcome.job);
  OutRecord record;
  record.timestamp_ms = job.timestamp_ms;
  if (job.key) record.key = arena.copy(*job.key);
  if (job.input == JobInput::tombstone && !outcome.error) {
    record.headers = copy_headers(job.headers, arena);
    return record;
  }
  record.headers = outcome_headers(job.headers, options_.format, arena);

  assert(outcome.first + size_t{outcome.rows} * outcome.dim <= chunk.values.size());
  static const Error no_values{ErrorCode::internal, "the outcome has no values"};
  const auto answer = outcome.error ? Answer::failure : answer_of(outcome, job);
  const auto values = std::span(chunk.values).subspan(outcome.first, size_t{outcome.rows} * outcome.dim);
  const OutcomeView view{outcome,
                         job,
                         chunk.jobs->source.get(),
                         chunk.model.get(),
                         values,
                         answer,
                         answer != Answer::failure ? nullptr
                         : outcome.error           ? &*outcome.error
                                                   : &no_values};
  if (options_.format == RecordFormat::flatbuffers) {
    auto& builder = scratch_->builder;
    builder.Clear();
    write_flatbuffers_outcome(view, options_, builder);
    char* at = arena.allocate(builder.GetSize(), 8);
    std::memcpy(at, builder.GetBufferPointer(), builder.GetSize());
    record.value.emplace(at, builder.GetSize());
    if (builder.GetSize() > keep_scratch) builder.Reset();
    return record;
  }
  std::string& text = scratch_->text;
  text.clear();
  if (options_.format == RecordFormat::json)
    write_json_outcome(view, options_, text);
  else
    write_text_outcome(view, text);
  record.value = arena.copy(text);
  if (text.capacity() > keep_scratch) std::string().swap(text);
  return record;
}

std::string_view OutcomeView::topic() const {
  const uint16_t index = job.ticket.at.topic;
  return source && index < source->topics.size() ? std::string_view(source->topics[index]) : std::string_view();
}

std::string OutcomeView::label(uint32_t index) const {
  if (model && index < model->labels.size()) return model->labels[index];
  return fmt::format("LABEL_{}", index);
}

uint32_t best_of(std::span<const float> values) {
  return static_cast<uint32_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

uint16_t to_half(float value, DType type) { return type == DType::float16 ? to_float16(value) : to_bfloat16(value); }
float from_half(uint16_t half, DType type) { return type == DType::float16 ? from_float16(half) : from_bfloat16(half); }

}  // namespace weir
