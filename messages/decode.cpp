#include "messages/decode.hpp"

#include <cstring>

#include <fmt/format.h>

#include "messages/job_readers.hpp"
#include "messages/utf8.hpp"

namespace weir {
namespace {

std::optional<std::string_view> copy(std::optional<std::string_view> bytes, Arena& arena) {
  if (!bytes) return std::nullopt;
  return arena.copy(*bytes);
}

}  // namespace

Result<Decoder> Decoder::make(DecodeOptions options) {
  if (options.fields.empty()) return Decoder(std::move(options), FieldMap::own());
  auto fields = FieldMap::foreign(options.fields);
  if (!fields) return fail(std::move(fields.error()));
  return Decoder(std::move(options), std::move(*fields));
}

Decoded Decoder::decode(JobChunk& chunk, Job& job) {
  if (!job.value && options_.tombstones == Tombstones::skip) return Decoded::skipped;
  auto done = decode_value(chunk, job);
  if (done) return Decoded::job;
  job.error = static_cast<int32_t>(chunk.errors.size());
  chunk.errors.push_back(std::move(done.error()));
  return Decoded::failed;
}

Result<void> Decoder::decode_value(JobChunk& chunk, Job& job) {
  const ReadContext context{options_, fields_, scanner_, chunk.arena};
  const JobHeaders headers = find_job_headers(job.headers);
  // First, so that even a failure is sent to whoever asked.
  if (auto done = apply_headers(headers, job); !done) return done;
  if (!job.value) {
    if (options_.tombstones == Tombstones::reject)
      return fail(ErrorCode::invalid_request, "the record has no value (a tombstone), and the stage rejects those");
    job.input = JobInput::tombstone;
    return {};
  }
  if (job.value->size() > options_.max_value_bytes)
    return fail(ErrorCode::decode_error,
                fmt::format("the value is longer than the limit of {} bytes", options_.max_value_bytes));
  RecordFormat format = options_.format;
  if (headers.content_type) {
    auto named = format_of(*headers.content_type);
    if (!named) return fail(std::move(named.error()));
    format = *named;
  }
  auto done = format == RecordFormat::json          ? read_json_job(*job.value, context, job)
              : format == RecordFormat::flatbuffers ? read_flatbuffers_job(*job.value, context, job)
                                                    : read_text_job(*job.value, context, job);
  if (!done) return done;
  return apply_headers(headers, job);
}

Result<void> read_text_job(std::string_view value, const ReadContext& context, Job& job) {
  job.input = JobInput::text;
  job.text = value;
  return settle_utf8(job.text, "the value", context, job);
}

Result<void> settle_utf8(std::string_view& text, std::string_view name, const ReadContext& context, Job& job) {
  if (valid_utf8(text)) return {};
  if (context.options.invalid_utf8 == InvalidUtf8::reject)
    return fail(ErrorCode::decode_error,
                fmt::format("{} is not UTF-8 at byte {}; send UTF-8, or set `invalid_utf8: replace`", name,
                            valid_utf8_prefix(text)));
  text = replace_invalid_utf8(text, context.arena);
  job.replaced_utf8 = true;
  return {};
}

Result<void> settle_input(FieldSet given, const FieldMap& fields, Job& job) {
  const auto refuse = [&](std::string_view what) { return fail(ErrorCode::invalid_request, std::string(what)); };
  const auto name = [&](JobField field) { return fields.pointer_of(field); };
  const bool documents = given.has(JobField::document) || given.has(JobField::documents);
  const bool pair = documents || given.has(JobField::query);
  const int kinds = int{given.has(JobField::text)} + int{given.has(JobField::token_ids)} + int{pair};
  if (kinds == 0)
    return refuse(fields.is_own() ? "the job has no input: give one of text, token_ids, query with document(s)"
                                  : fmt::format("nothing at {}: the document has no input", name(JobField::text)));
  if (kinds > 1)
    return refuse("the job has several inputs: give exactly one of text, token_ids, query with document(s)");
  if (given.has(JobField::text)) {
    job.input = JobInput::text;
    return {};
  }
  if (given.has(JobField::token_ids)) {
    job.input = JobInput::token_ids;
    if (job.token_ids.empty())
      return refuse(fmt::format("{} is empty: a model needs one token", name(JobField::token_ids)));
    for (size_t i = 0; i < job.token_ids.size(); ++i)
      if (job.token_ids[i] < 0) return refuse(fmt::format("{}/{} is negative", name(JobField::token_ids), i));
    return {};
  }
  job.input = JobInput::pair;
  if (!given.has(JobField::query)) return refuse(fmt::format("documents without {}", name(JobField::query)));
  if (!documents)
    return refuse(fmt::format("a query without {} or {}", name(JobField::document), name(JobField::documents)));
  if (given.has(JobField::document) && given.has(JobField::documents))
    return refuse("both document and documents: give one of them");
  if (job.documents.empty()) return refuse(fmt::format("{} is empty: give one at least", name(JobField::documents)));
  job.one_document = given.has(JobField::document);
  return {};
}

void copy_record(std::optional<std::string_view> key, std::optional<std::string_view> value,
                 std::span<const Header> headers, Arena& arena, Job& job) {
  job.key = copy(key, arena);
  job.headers = copy_headers(headers, arena);
  job.value.reset();
  if (value) {
    char* at = arena.allocate(value->size(), 8);
    if (!value->empty()) std::memcpy(at, value->data(), value->size());
    job.value.emplace(at, value->size());
  }
}

std::span<const Header> copy_headers(std::span<const Header> headers, Arena& arena) {
  if (headers.empty()) return {};
  auto copies = arena.array<Header>(headers.size());
  for (size_t i = 0; i < headers.size(); ++i) copies[i] = {arena.copy(headers[i].name), copy(headers[i].value, arena)};
  return copies;
}

}  // namespace weir
