#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "messages/arena.hpp"
#include "messages/field_map.hpp"
#include "messages/format.hpp"
#include "messages/job.hpp"
#include "messages/json_scanner.hpp"

namespace weir {

// What a source stage does with its records before they are jobs.
struct DecodeOptions {
  RecordFormat format = RecordFormat::json;  // of records without a content-type header
  std::map<std::string, std::string> fields =
      {};  // job field -> JSON Pointer into a foreign document; empty: jobs as weir writes them
  Tombstones tombstones = Tombstones::forward;
  InvalidUtf8 invalid_utf8 = InvalidUtf8::reject;
  size_t max_value_bytes = weir::max_value_bytes;
  uint32_t max_depth = 64;   // nesting of JSON
  uint32_t max_tables = 64;  // tables of one FlatBuffer; a job is one
};

enum class Decoded : uint8_t {
  job,      // ready
  skipped,  // a tombstone that the stage skips: there is no job, its offset is done
  failed,   // Job::error says why
};

// Makes jobs of records. One per thread: it keeps scratch space, so that a good record allocates from its chunk's arena
// only.
//
// Headers that it reads (names in any case; of repeated ones the last; a null value is no header). A header wins over
// the same field of the value:
//   content-type                           application/json, anything +json; application/vnd.weir.job+flatbuffers;
//   text/plain weir-deadline-ms, weir-priority        as deadline_ms and priority kafka_replyTopic, reply-topic where
//   the outcome is sent too; must be a legal topic name kafka_correlationId, correlation-id    any bytes
class Decoder {
 public:
  // invalid_config: a bad JSON Pointer.
  static Result<Decoder> make(DecodeOptions options);

  // Fills `job`, whose ticket, key, value, headers and timestamp are set and live in the chunk's arena (copy_record). A
  // bad record gets an entry in chunk.errors whose message names the field and the fix; nothing throws but
  // std::bad_alloc.
  Decoded decode(JobChunk& chunk, Job& job);

 private:
  Decoder(DecodeOptions options, FieldMap fields) : options_(std::move(options)), fields_(std::move(fields)) {}

  Result<void> decode_value(JobChunk& chunk, Job& job);

  DecodeOptions options_;
  FieldMap fields_;
  JsonScanner scanner_;
};

// Copies a record's bytes into the arena and points the job at them; the value aligned, so that a FlatBuffer is read in
// place.
void copy_record(std::optional<std::string_view> key, std::optional<std::string_view> value,
                 std::span<const Header> headers, Arena& arena, Job& job);

// Copies names and values.
std::span<const Header> copy_headers(std::span<const Header> headers, Arena& arena);

}  // namespace weir
