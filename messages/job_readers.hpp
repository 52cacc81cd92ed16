#pragma once
// The parts of Decoder, one per format. Internal to this room.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "messages/decode.hpp"

namespace weir {

// Which fields a record gave.
class FieldSet {
 public:
  bool has(JobField field) const { return bits_ >> static_cast<unsigned>(field) & 1; }
  void add(JobField field) { bits_ |= 1u << static_cast<unsigned>(field); }

 private:
  uint32_t bits_ = 0;
};

// What every reader needs beside the job.
struct ReadContext {
  const DecodeOptions& options;
  const FieldMap& fields;
  JsonScanner& scanner;
  Arena& arena;
};

Result<void> read_json_job(std::string_view value, const ReadContext& context, Job& job);
Result<void> read_flatbuffers_job(std::string_view value, const ReadContext& context, Job& job);
Result<void> read_text_job(std::string_view value, const ReadContext& context, Job& job);

// Sets job.input from what was given; anything but exactly one kind of input is invalid_request.
Result<void> settle_input(FieldSet given, const FieldMap& fields, Job& job);

// Valid text, or the stage's treatment of what is not. `name` is how the error calls it.
Result<void> settle_utf8(std::string_view& text, std::string_view name, const ReadContext& context, Job& job);

// What the record's headers say of how to read it and whom to answer.
struct JobHeaders {
  std::optional<std::string_view> content_type;
  std::optional<std::string_view> deadline_ms;
  std::optional<std::string_view> priority;
  std::optional<std::string_view> reply_topic;
  std::optional<std::string_view> correlation_id;
};
JobHeaders find_job_headers(std::span<const Header> headers);
Result<RecordFormat> format_of(std::string_view content_type);
Result<void> apply_headers(const JobHeaders& headers, Job& job);

// A parameter as an error message shows it: short, printable, quoted.
std::string quote(std::string_view text);

bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace weir
