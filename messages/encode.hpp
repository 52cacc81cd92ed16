#pragma once

#include <memory>
#include <string>

#include "base/dtype.hpp"
#include "base/error.hpp"
#include "messages/format.hpp"
#include "messages/job.hpp"
#include "messages/out_record.hpp"
#include "messages/outcome.hpp"

namespace weir {

// How a sink stage writes its records.
struct OutcomeFormat {
  RecordFormat format = RecordFormat::json;
  DType vector_type =
      DType::float32;  // float32, float16, bfloat16; of embeddings only: scores and classes stay float32
  VectorEncoding vector_encoding = VectorEncoding::numbers;
};

// Makes records of outcomes. One per thread: it keeps scratch space, so that a record allocates from its arena only.
//
//   flatbuffers  messages/schema/outcome.fbs
//   json         one line; the same names as the schema, but `usage.prompt_tokens`, and `error` for a failure. Vectors
//   as numbers:
//                float32 the shortest text that reads back equal; float16 with 5 and bfloat16 with 4 significant
//                digits, which read back as the same 16 bits. As base64: little-endian raw elements, `vector_type` says
//                which. Not finite: null.
//   text         one line, for people: `id TAB answer`, without an id the answer only. An answer is numbers between
//   spaces,
//                the most probable label and its probability, or `error code: message`.
class OutcomeEncoder {
 public:
  explicit OutcomeEncoder(OutcomeFormat options);
  ~OutcomeEncoder();
  OutcomeEncoder(OutcomeEncoder&&) noexcept;
  OutcomeEncoder& operator=(OutcomeEncoder&&) noexcept;

  // Key and headers are the job's, but for our own content-type and weir-schema. A tombstone stays one, headers
  // untouched. All bytes are copied into `arena`; `topic` is left to the caller.
  OutRecord encode(const OutcomeChunk& chunk, const Outcome& outcome, Arena& arena);

 private:
  struct Scratch;
  OutcomeFormat options_;
  std::unique_ptr<Scratch> scratch_;
};

// A job as a producer writes it. Text carries only a text: anything more is an invalid_request.
Result<std::string> encode_job(const Job& job, RecordFormat format);

}  // namespace weir
