#include <vector>

#include <flatbuffers/flatbuffers.h>

#include "messages/outcome_writers.hpp"
#include "messages/schema/outcome_generated.h"
#include "messages/wire_enums.hpp"

namespace weir {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using String = flatbuffers::Offset<flatbuffers::String>;
using Floats = flatbuffers::Offset<flatbuffers::Vector<float>>;
using Halves = flatbuffers::Offset<flatbuffers::Vector<uint16_t>>;

String text(Builder& builder, std::string_view value) { return builder.CreateString(value.data(), value.size()); }
String text_if(Builder& builder, std::string_view value) { return value.empty() ? String() : text(builder, value); }

Halves halves(Builder& builder, std::span<const float> values, DType type) {
  uint16_t* to = nullptr;
  const Halves vector = builder.CreateUninitializedVector(values.size(), &to);
  for (size_t i = 0; i < values.size(); ++i) to[i] = to_half(values[i], type);
  return vector;
}

wire::VectorType to_wire(DType type) {
  return type == DType::float16    ? wire::VectorType::float16
         : type == DType::bfloat16 ? wire::VectorType::bfloat16
                                   : wire::VectorType::float32;
}

// What a FlatBuffer wants to be written before the table that refers to it.
struct Parts {
  Floats values;
  Halves halves;
  String label;
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<wire::Class>>> classes;
  flatbuffers::Offset<flatbuffers::Vector<String>> labels;
  flatbuffers::Offset<wire::Failure> failure;
};

void write_classes(const OutcomeView& view, Builder& builder, Parts& parts) {
  std::vector<flatbuffers::Offset<wire::Class>> classes(view.values.size());
  for (uint32_t i = 0; i < classes.size(); ++i)
    classes[i] = wire::CreateClass(builder, text(builder, view.label(i)), view.values[i]);
  parts.classes = builder.CreateVector(classes);
  parts.label = text(builder, view.label(best_of(view.values)));
}

void write_token_classes(const OutcomeView& view, Builder& builder, Parts& parts) {
  std::vector<String> labels(view.outcome.dim);
  for (uint32_t i = 0; i < labels.size(); ++i) labels[i] = text(builder, view.label(i));
  parts.labels = builder.CreateVector(labels);
  parts.values = builder.CreateVector(view.values.data(), view.values.size());
}

Parts write_parts(const OutcomeView& view, const OutcomeFormat& options, Builder& builder) {
  Parts parts;
  switch (view.answer) {
    case Answer::failure:
      parts.failure = wire::CreateFailure(builder, text(builder, to_string(view.error->code)),
                                          text(builder, view.error->message), text(builder, view.outcome.stage));
      break;
    case Answer::embedding:
    case Answer::embeddings:
      if (options.vector_type == DType::float32)
        parts.values = builder.CreateVector(view.values.data(), view.values.size());
      else
        parts.halves = halves(builder, view.values, options.vector_type);
      break;
    case Answer::classes: write_classes(view, builder, parts); break;
    case Answer::token_classes: write_token_classes(view, builder, parts); break;
    case Answer::scores:
    case Answer::rewards: parts.values = builder.CreateVector(view.values.data(), view.values.size()); break;
    case Answer::score:
    case Answer::reward: break;
  }
  return parts;
}

void add_answer(const OutcomeView& view, const OutcomeFormat& options, const Parts& parts, wire::OutcomeBuilder& wire) {
  const float single = view.values.empty() ? 0.0f : view.values[0];
  switch (view.answer) {
    case Answer::failure: return wire.add_failure(parts.failure);
    case Answer::embedding:
    case Answer::embeddings: {
      const bool one = view.answer == Answer::embedding;
      wire.add_vector_type(to_wire(options.vector_type));
      wire.add_rows(view.outcome.rows);
      wire.add_dim(view.outcome.dim);
      wire.add_normalized(view.outcome.normalized);
      one ? wire.add_embedding(parts.values) : wire.add_embeddings(parts.values);
      one ? wire.add_embedding_16(parts.halves) : wire.add_embeddings_16(parts.halves);
      return;
    }
    case Answer::classes:
      wire.add_label(parts.label);
      wire.add_classes(parts.classes);
      return;
    case Answer::token_classes:
      wire.add_rows(view.outcome.rows);
      wire.add_dim(view.outcome.dim);
      wire.add_labels(parts.labels);
      wire.add_token_classes(parts.values);
      return;
    case Answer::score: return wire.add_score(single);
    case Answer::scores: return wire.add_scores(parts.values);
    case Answer::reward: return wire.add_reward(single);
    case Answer::rewards: return wire.add_rewards(parts.values);
  }
}

}  // namespace

void write_flatbuffers_outcome(const OutcomeView& view, const OutcomeFormat& options, Builder& builder) {
  const Job& job = view.job;
  const Outcome& outcome = view.outcome;
  const Parts parts = write_parts(view, options, builder);
  const auto id = text_if(builder, job.id);
  const auto source =
      wire::CreateSource(builder, text(builder, view.topic()), job.ticket.at.partition, job.ticket.offset.value);
  const auto model = view.model ? text(builder, view.model->name) : String();
  const auto digest = view.model ? text(builder, view.model->digest) : String();
  flatbuffers::Offset<flatbuffers::Vector<uint8_t>> metadata;
  if (!job.metadata.empty())
    metadata = builder.CreateVector(reinterpret_cast<const uint8_t*>(job.metadata.data()), job.metadata.size());

  wire::OutcomeBuilder wire(builder);
  wire.add_id(id);
  wire.add_source(source);
  wire.add_model(model);
  wire.add_model_digest(digest);
  if (view.has_task()) wire.add_task(to_wire(view.task()));
  add_answer(view, options, parts, wire);
  wire.add_truncated(outcome.dropped_tokens > 0);
  wire.add_dropped_tokens(outcome.dropped_tokens);
  wire.add_prompt_tokens(outcome.prompt_tokens);
  wire.add_metadata(metadata);
  wire::FinishOutcomeBuffer(builder, wire.Finish());
}

}  // namespace weir
