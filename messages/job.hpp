#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "messages/arena.hpp"
#include "messages/ticket.hpp"

namespace weir {

// A record's header. Names repeat and values may be null, as Kafka allows.
struct Header {
  std::string_view name;
  std::optional<std::string_view> value;
};

enum class Truncate : uint8_t { end, start, none };  // which end of the text is dropped; none: too_long instead

enum class JobInput : uint8_t {
  text,       // `text`
  token_ids,  // `token_ids`, taken as they are
  pair,       // `query` and `documents`: one sequence a document, one outcome
  tombstone,  // no value: nothing is computed, sinks forward it
};

// A decoded record. All views point into the arena of its chunk.
struct Job {
  Ticket ticket;

  // As it came in: what outcomes pass through and dead letters reproduce byte by byte.
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::span<const Header> headers;
  int64_t timestamp_ms = -1;  // Unix milliseconds; -1: none

  JobInput input = JobInput::text;
  std::string_view text;
  std::span<const int32_t> token_ids;
  std::string_view query;
  std::span<const std::string_view> documents;
  bool one_document = false;  // asked as `document`: its outcome has `score`, not `scores`

  std::string_view id;     // empty: outcomes carry none
  std::string_view model;  // empty: the stage's
  std::optional<Task> task;
  std::optional<uint32_t> dimensions;
  std::optional<bool> use_activation;
  std::optional<Truncate> truncate;
  std::string_view prompt_name;
  std::optional<Lane> priority;  // moves the job in the batcher only
  int64_t deadline_ms = 0;       // Unix milliseconds; 0: none
  std::string_view metadata;     // JSON text (from JSON) or bytes (from FlatBuffers), returned untouched
  bool metadata_is_json = true;  // false: bytes that are no JSON text; a JSON outcome carries them as base64
  std::string_view reply_topic;  // `reply topic` header
  std::string_view correlation_id;
  bool replaced_utf8 = false;

  int32_t error = -1;  // index into JobChunk::errors: the record could not be decoded
};

// Jobs that travel together. Built by one delivery thread, then immutable and shared.
struct JobChunk {
  std::shared_ptr<const SourceInfo> source;
  Lane lane = Lane::bulk;
  Arena arena;
  std::vector<Job> jobs;
  std::vector<Error> errors;
};

using JobChunkPtr = std::shared_ptr<const JobChunk>;

}  // namespace weir
