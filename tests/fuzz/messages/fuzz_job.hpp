#pragma once

#include <cstdlib>
#include <string_view>

#include "messages/decode.hpp"
#include "messages/encode.hpp"
#include "messages/utf8.hpp"

namespace weir {

inline void require(bool condition) {
  if (!condition) __builtin_trap();
}

// All that a decoded job promises: views that can be read, text that is UTF-8, and the same job after another round.
inline void check_decoded(Decoder& decoder, const DecodeOptions& options, std::string_view value) {
  JobChunk chunk;
  Job& job = chunk.jobs.emplace_back();
  copy_record("key", value, {}, chunk.arena, job);
  const Decoded result = decoder.decode(chunk, job);
  require((result == Decoded::failed) == (job.error >= 0));
  if (result != Decoded::job) {
    require(!chunk.errors.at(job.error).message.empty());
    return;
  }
  for (const auto text : {job.text, job.query, job.id, job.model, job.prompt_name}) require(valid_utf8(text));
  for (const auto document : job.documents) require(valid_utf8(document));
  for (const int32_t id : job.token_ids) require(id >= 0);

  for (const auto format : {RecordFormat::json, RecordFormat::flatbuffers}) {
    if (format == RecordFormat::json && !job.metadata_is_json) continue;
    const auto again = encode_job(job, format);
    require(again.has_value());
    DecodeOptions own = options;
    own.format = format;
    own.fields.clear();
    own.max_depth = 64;
    JobChunk other;
    Job& back = other.jobs.emplace_back();
    copy_record("key", *again, {}, other.arena, back);
    require(Decoder::make(own)->decode(other, back) == Decoded::job);
    require(back.text == job.text && back.query == job.query && back.id == job.id && back.model == job.model);
    require(back.token_ids.size() == job.token_ids.size() && back.documents.size() == job.documents.size());
    require(back.task == job.task && back.deadline_ms == job.deadline_ms && back.dimensions == job.dimensions);
    if (format == RecordFormat::flatbuffers) require(back.metadata == job.metadata);
  }
}

}  // namespace weir
