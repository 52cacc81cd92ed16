#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace weir {

// Why something failed. The first group are the dead-letter reasons: a closed set, written to `weir.dlq.reason` and to
// the `code` of a failed outcome, so their names are an interface. The second group never reaches a record.
enum class ErrorCode : uint8_t {
  decode_error,              // not JSON, not UTF-8, an empty value where a document is needed
  schema_mismatch,           // readable, but a field has the wrong type
  verifier_failed,           // a FlatBuffer that its verifier rejects
  unsupported_content_type,  // the record names a format that the stage does not read
  invalid_request,           // well-formed, but asks for what the model or stage cannot do
  too_long,                  // more tokens than the model takes, under `long_text: reject`
  tokenizer_error,
  model_unavailable,  // `model` in the job names no model of this dataflow
  numeric_nan,        // the device returned NaN or infinity for this row
  device_oom,
  device_fault,
  timeout,            // the deadline had passed when the batch was cut
  output_too_large,   // the outcome exceeds the producer's message.max.bytes
  retries_exhausted,  // failed on every worker that tried
  policy,             // refused by configuration

  invalid_config,  // YAML, command line, model directory: exit code 78
  not_found,
  io_error,
  corrupt,      // a model file that contradicts itself
  unsupported,  // understood, but not built; the message names it
  unavailable,  // may work later: exit code 75
  fatal,        // the part that failed cannot go on
  internal,
};

std::string_view to_string(ErrorCode code);

// An error a person can act on: the message names the place (file, field, record) and the fix.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;

// `return fail(ErrorCode::corrupt, "...")` from a function that returns a Result.
inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace weir
