#include <cstring>

#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include "messages/job_readers.hpp"
#include "messages/schema/job_generated.h"
#include "messages/wire_enums.hpp"

namespace weir {
namespace {

constexpr uint32_t max_depth = 16;

std::string_view view(const flatbuffers::String* text) {
  return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

// The verifier checks alignment relative to the buffer's start only, and Kafka's payloads begin anywhere.
std::string_view aligned(std::string_view value, Arena& arena) {
  constexpr size_t alignment = 8;
  if (reinterpret_cast<uintptr_t>(value.data()) % alignment == 0) return value;
  char* at = arena.allocate(value.size(), alignment);
  std::memcpy(at, value.data(), value.size());
  return {at, value.size()};
}

Result<const wire::Job*> verified(std::string_view value, const ReadContext& context) {
  if (value.empty()) return fail(ErrorCode::decode_error, "the value is empty: expected a FlatBuffer");
  const auto* bytes = reinterpret_cast<const uint8_t*>(value.data());
  if (value.size() < 8)
    return fail(ErrorCode::verifier_failed, fmt::format("{} bytes are too short for a FlatBuffer", value.size()));
  if (!wire::JobBufferHasIdentifier(bytes))
    return fail(ErrorCode::verifier_failed, fmt::format("expected the file identifier {}, found {}",
                                                        wire::JobIdentifier(), quote(value.substr(4, 4))));
  flatbuffers::Verifier verifier(bytes, value.size(), max_depth, context.options.max_tables);
  if (!wire::VerifyJobBuffer(verifier))
    return fail(ErrorCode::verifier_failed, "the FlatBuffer is broken: an offset or a length in it leads astray");
  return wire::GetJob(bytes);
}

// Copies job fields one by one; an error names the field.
class FlatbuffersJobReader {
 public:
  FlatbuffersJobReader(const wire::Job& wire, const ReadContext& context, Job& job)
      : wire_(wire), context_(context), job_(job) {}

  Result<void> read() {
    if (auto done = read_strings(); !done) return done;
    if (auto done = read_parameters(); !done) return done;
    read_metadata();
    return settle_input(given_, context_.fields, job_);
  }

 private:
  Result<void> read_string(const flatbuffers::String* text, JobField field, std::string_view& out) {
    if (!text) return {};
    given_.add(field);
    out = view(text);
    return settle_utf8(out, to_string(field), context_, job_);
  }

  Result<void> read_strings() {
    if (auto done = read_string(wire_.id(), JobField::id, job_.id); !done) return done;
    if (auto done = read_string(wire_.text(), JobField::text, job_.text); !done) return done;
    if (auto done = read_string(wire_.query(), JobField::query, job_.query); !done) return done;
    if (auto done = read_string(wire_.model(), JobField::model, job_.model); !done) return done;
    if (auto done = read_string(wire_.prompt_name(), JobField::prompt_name, job_.prompt_name); !done) return done;
    if (const auto* document = wire_.document()) {
      auto one = context_.arena.array<std::string_view>(1);
      job_.documents = one;
      if (auto done = read_string(document, JobField::document, one[0]); !done) return done;
    }
    if (const auto* documents = wire_.documents()) {
      given_.add(JobField::documents);
      auto all = context_.arena.array<std::string_view>(documents->size());
      for (uint32_t i = 0; i < documents->size(); ++i) {
        all[i] = view(documents->Get(i));
        if (auto done = settle_utf8(all[i], "documents", context_, job_); !done) return done;
      }
      job_.documents = all;
    }
    return {};
  }

  Result<void> read_parameters() {
    if (const auto* ids = wire_.token_ids()) {
      given_.add(JobField::token_ids);
      job_.token_ids = {ids->data(), ids->size()};
    }
    if (const auto task = wire_.task()) {
      job_.task = from_wire(*task);
      if (!job_.task) return unknown(JobField::task, static_cast<int>(*task));
    }
    if (const auto side = wire_.truncate()) {
      job_.truncate = from_wire(*side);
      if (!job_.truncate) return unknown(JobField::truncate, static_cast<int>(*side));
    }
    if (const auto lane = wire_.priority()) {
      job_.priority = from_wire(*lane);
      if (!job_.priority) return unknown(JobField::priority, static_cast<int>(*lane));
    }
    if (const auto dimensions = wire_.dimensions()) {
      if (*dimensions == 0) return fail(ErrorCode::invalid_request, "field dimensions: must be at least 1");
      job_.dimensions = *dimensions;
    }
    if (const auto activation = wire_.use_activation()) job_.use_activation = *activation;
    if (wire_.deadline_ms() < 0)
      return fail(ErrorCode::invalid_request, "field deadline_ms: must be a time in Unix milliseconds");
    job_.deadline_ms = wire_.deadline_ms();
    return {};
  }

  void read_metadata() {
    const auto* bytes = wire_.metadata();
    if (!bytes) return;
    job_.metadata = {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
    JsonScanner& scanner = context_.scanner;
    job_.metadata_is_json = scanner.scan(job_.metadata) == JsonFault::none &&
                            scanner.skip_value(context_.options.max_depth) && scanner.at_end();
  }

  static tl::unexpected<Error> unknown(JobField field, int value) {
    return fail(ErrorCode::invalid_request,
                fmt::format("field {}: {} is no value of its enumeration", to_string(field), value));
  }

  const wire::Job& wire_;
  const ReadContext& context_;
  Job& job_;
  FieldSet given_;
};

}  // namespace

Result<void> read_flatbuffers_job(std::string_view value, const ReadContext& context, Job& job) {
  value = aligned(value, context.arena);
  const auto wire = verified(value, context);
  if (!wire) return fail(wire.error());
  return FlatbuffersJobReader(**wire, context, job).read();
}

}  // namespace weir
