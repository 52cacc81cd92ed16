#include "pipeline/delivery/out_records.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace weir {
namespace {

constexpr size_t max_message = 1024;      // of `weir.dlq.message`
constexpr size_t most_at_once = 1 << 20;  // of an arena before anything is in it
constexpr int64_t record_overhead = 128;  // framing, timestamps and the batch's share

// The message without a cut UTF-8 character at its end.
std::string_view shortened(std::string_view text) {
  if (text.size() <= max_message) return text;
  size_t end = max_message;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

// FNV-1a of what failures of the same kind have in common: reason, stage and the message without its digits.
uint64_t fingerprint(const Outcome& outcome) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&hash](std::string_view text) {
    for (char c : text) {
      if (c >= '0' && c <= '9') continue;
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
  };
  mix(to_string(outcome.error->code));
  mix(outcome.stage);
  mix(outcome.error->message);
  return hash;
}

std::span<const Header> extended(std::span<const Header> headers, std::span<const Header> more, Arena& arena) {
  auto all = arena.array<Header>(headers.size() + more.size());
  std::copy(more.begin(), more.end(), std::copy(headers.begin(), headers.end(), all.begin()));
  return all;
}

}  // namespace

int64_t size_of(const OutRecord& record) {
  size_t bytes = record.key.value_or("").size() + record.value.value_or("").size();
  for (const auto& header : record.headers) bytes += header.name.size() + header.value.value_or("").size() + 10;
  return static_cast<int64_t>(bytes) + record_overhead;
}

std::vector<Finished> OutRecords::make(const OutcomeChunk& chunk) {
  auto out = std::make_shared<OutChunk>(std::min(record_bytes_ * (chunk.outcomes.size() + 1), most_at_once));
  out->records.reserve(chunk.outcomes.size());
  // Once a chunk: records may outlive the sink that made them.
  topic_ = out->arena.copy(options_.topic);
  dead_letter_topic_ = out->arena.copy(options_.dead_letter_topic);
  std::vector<Finished> finished;
  finished.reserve(chunk.outcomes.size());
  for (const auto& outcome : chunk.outcomes) {
    const auto first = static_cast<uint32_t>(out->records.size());
    const auto failure = add(chunk, outcome, *out);
    const auto count = static_cast<uint32_t>(out->records.size()) - first;
    finished.push_back({chunk.jobs->jobs[outcome.job].ticket, OutSpan{out, first, count}, 1, failure});
  }
  if (!chunk.outcomes.empty()) record_bytes_ = out->arena.used() / chunk.outcomes.size();
  return finished;
}

std::optional<ErrorCode> OutRecords::add(const OutcomeChunk& chunk, const Outcome& outcome, OutChunk& out) const {
  const Job& job = chunk.jobs->jobs[outcome.job];
  if (outcome.error) {
    if (chunk.dead_letter == DeadLetter::write) add_failure(chunk, outcome, out);
    return outcome.error->code;
  }
  OutRecord record = options_.encode(chunk, outcome, out.arena);
  record.topic = topic_;
  const int64_t limit = options_.max_record_bytes ? options_.max_record_bytes() : std::numeric_limits<int64_t>::max();
  if (const int64_t bytes = size_of(record); bytes > limit) {
    Outcome failed = outcome;
    failed.error = Error{
        ErrorCode::output_too_large,
        fmt::format("the outcome has {} bytes, topic {} takes {} (message.max.bytes)", bytes, options_.topic, limit)};
    add_failure(chunk, failed, out);  // only this branch knows of it: nobody else writes it
    return failed.error->code;
  }
  out.records.push_back(record);
  if (!job.reply_topic.empty()) out.records.push_back(reply(job, record, out.arena));
  return std::nullopt;
}

void OutRecords::add_failure(const OutcomeChunk& chunk, const Outcome& outcome, OutChunk& out) const {
  const Job& job = chunk.jobs->jobs[outcome.job];
  const bool to_output = options_.dead_letter_topic.empty();
  if (!to_output) out.records.push_back(dead_letter(chunk, outcome, out.arena));
  if (!to_output && job.reply_topic.empty()) return;
  OutRecord record = options_.encode(chunk, outcome, out.arena);
  record.topic = topic_;
  if (to_output) out.records.push_back(record);
  if (!job.reply_topic.empty()) out.records.push_back(reply(job, record, out.arena));
}

OutRecord OutRecords::dead_letter(const OutcomeChunk& chunk, const Outcome& outcome, Arena& arena) const {
  const Job& job = chunk.jobs->jobs[outcome.job];
  const auto& source = *chunk.jobs->source;
  const auto number = [&arena](auto value) { return arena.copy(fmt::format("{}", value)); };
  const std::array said{
      Header{"weir.dlq.version", "1"},
      Header{"weir.dlq.reason", to_string(outcome.error->code)},
      Header{"weir.dlq.message", arena.copy(shortened(outcome.error->message))},
      Header{"weir.dlq.node", options_.node},
      Header{"weir.dlq.stage", arena.copy(outcome.stage)},
      Header{"weir.dlq.attempts", number(outcome.attempts)},
      Header{"weir.dlq.pipeline", options_.pipeline},
      Header{"weir.dlq.instance", options_.instance},
      Header{"weir.dlq.model", chunk.model ? std::string_view(chunk.model->name) : std::string_view()},
      Header{"weir.dlq.group", source.group},
      Header{"weir.dlq.first_failure_ms", number(options_.clock->unix_ms())},
      Header{"weir.dlq.fingerprint", arena.copy(fmt::format("{:016x}", fingerprint(outcome)))},
      Header{"weir.dlq.origin.topic", source.topics[job.ticket.at.topic]},
      Header{"weir.dlq.origin.partition", number(job.ticket.at.partition)},
      Header{"weir.dlq.origin.offset", number(job.ticket.offset.value)},
      Header{"weir.dlq.origin.timestamp", number(job.timestamp_ms)},
  };
  // The chunk of jobs does not live as long as its records do: everything is copied. (The model's name and the source's
  // too: a restart of the runtime must not leave records that point into it.)
  auto headers = arena.array<Header>(job.headers.size() + said.size());
  size_t at = 0;
  for (const auto& header : job.headers)
    headers[at++] = {arena.copy(header.name), header.value ? std::optional(arena.copy(*header.value)) : std::nullopt};
  for (const auto& header : said) headers[at++] = {header.name, arena.copy(*header.value)};
  OutRecord record;
  record.topic = dead_letter_topic_;
  if (job.key) record.key = arena.copy(*job.key);
  if (job.value) record.value = arena.copy(*job.value);
  record.headers = headers;
  record.timestamp_ms = job.timestamp_ms;
  return record;
}

// The same record to the asker, with the correlation id that matches it to the question.
OutRecord OutRecords::reply(const Job& job, OutRecord record, Arena& arena) const {
  record.topic = arena.copy(job.reply_topic);
  if (!job.correlation_id.empty()) {
    const auto id = arena.copy(job.correlation_id);
    const std::array correlation{Header{"kafka_correlationId", id}};
    const auto has = [&](std::string_view name) {
      return std::any_of(record.headers.begin(), record.headers.end(), [&](const Header& h) { return h.name == name; });
    };
    if (!has("kafka_correlationId")) record.headers = extended(record.headers, correlation, arena);
  }
  return record;
}

}  // namespace weir
