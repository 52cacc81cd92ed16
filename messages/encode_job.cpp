#include <vector>

#include <flatbuffers/flatbuffers.h>

#include "messages/encode.hpp"
#include "messages/json_writer.hpp"
#include "messages/schema/job_generated.h"
#include "messages/wire_enums.hpp"

namespace weir {
namespace {

std::string job_as_json(const Job& job) {
  std::string out;
  JsonWriter json(out);
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.field(name).string(value);
  };
  json.open('{');
  text("id", job.id);
  if (job.input == JobInput::text) json.field("text").string(job.text);
  if (job.input == JobInput::token_ids) {
    json.field("token_ids").open('[');
    for (const int32_t id : job.token_ids) json.integer(id);
    json.close(']');
  }
  if (job.input == JobInput::pair) {
    json.field("query").string(job.query);
    if (job.one_document) {
      json.field("document").string(job.documents[0]);
    } else {
      json.field("documents").open('[');
      for (const auto document : job.documents) json.string(document);
      json.close(']');
    }
  }
  text("model", job.model);
  if (job.task) text("task", to_string(*job.task));
  if (job.dimensions) json.field("dimensions").integer(*job.dimensions);
  if (job.use_activation) json.field("use_activation").boolean(*job.use_activation);
  if (job.truncate) text("truncate", to_string(*job.truncate));
  text("prompt_name", job.prompt_name);
  if (job.priority) text("priority", to_string(*job.priority));
  if (job.deadline_ms) json.field("deadline_ms").integer(job.deadline_ms);
  if (!job.metadata.empty()) {
    json.field("metadata");
    job.metadata_is_json ? json.json(job.metadata) : json.base64(job.metadata);
  }
  json.close('}');
  return out;
}

std::string job_as_flatbuffer(const Job& job) {
  flatbuffers::FlatBufferBuilder builder(1024);
  const auto text = [&](std::string_view value) { return builder.CreateString(value.data(), value.size()); };
  const auto text_if = [&](std::string_view value) {
    return value.empty() ? flatbuffers::Offset<flatbuffers::String>() : text(value);
  };
  const auto id = text_if(job.id);
  const auto prompt = job.input == JobInput::text ? text(job.text) : flatbuffers::Offset<flatbuffers::String>();
  flatbuffers::Offset<flatbuffers::Vector<int32_t>> token_ids;
  if (job.input == JobInput::token_ids) token_ids = builder.CreateVector(job.token_ids.data(), job.token_ids.size());
  flatbuffers::Offset<flatbuffers::String> query;
  flatbuffers::Offset<flatbuffers::String> document;
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>> documents;
  if (job.input == JobInput::pair) {
    query = text(job.query);
    std::vector<flatbuffers::Offset<flatbuffers::String>> all;
    for (const auto one : job.documents) all.push_back(text(one));
    if (job.one_document)
      document = all.at(0);
    else
      documents = builder.CreateVector(all);
  }
  const auto model = text_if(job.model);
  const auto prompt_name = text_if(job.prompt_name);
  flatbuffers::Offset<flatbuffers::Vector<uint8_t>> metadata;
  if (!job.metadata.empty())
    metadata = builder.CreateVector(reinterpret_cast<const uint8_t*>(job.metadata.data()), job.metadata.size());
  wire::JobBuilder wire(builder);
  wire.add_id(id);
  wire.add_text(prompt);
  wire.add_token_ids(token_ids);
  wire.add_query(query);
  wire.add_document(document);
  wire.add_documents(documents);
  wire.add_model(model);
  if (job.task) wire.add_task(to_wire(*job.task));
  if (job.dimensions) wire.add_dimensions(*job.dimensions);
  if (job.use_activation) wire.add_use_activation(*job.use_activation);
  if (job.truncate) wire.add_truncate(to_wire(*job.truncate));
  wire.add_prompt_name(prompt_name);
  if (job.priority) wire.add_priority(to_wire(*job.priority));
  wire.add_deadline_ms(job.deadline_ms);
  wire.add_metadata(metadata);
  wire::FinishJobBuffer(builder, wire.Finish());
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

}  // namespace

Result<std::string> encode_job(const Job& job, RecordFormat format) {
  if (job.input == JobInput::tombstone) return fail(ErrorCode::invalid_request, "a tombstone has no value to encode");
  switch (format) {
    case RecordFormat::flatbuffers: return job_as_flatbuffer(job);
    case RecordFormat::json: return job_as_json(job);
    case RecordFormat::text: break;
  }
  const bool more = !job.id.empty() || !job.model.empty() || job.task || job.dimensions || job.use_activation ||
                    job.truncate || !job.prompt_name.empty() || job.priority || job.deadline_ms ||
                    !job.metadata.empty();
  if (job.input != JobInput::text || more)
    return fail(ErrorCode::invalid_request, "the text format carries a text and nothing else: use json or flatbuffers");
  return std::string(job.text);
}

}  // namespace weir
