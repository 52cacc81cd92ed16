#include "pipeline/delivery/delivery.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "pipeline/delivery/metrics.hpp"

namespace weir {
namespace {

// How long `run` waits at most before it looks at delivery reports and limits again.
constexpr Duration kTick = std::chrono::milliseconds(10);
constexpr Duration kIdleTick = std::chrono::milliseconds(100);

// What a chunk holds on its way beside its records, in arenas and vectors of its own; its first job pays.
constexpr int64_t kChunkBytes = 12 * 1024;

}  // namespace

Delivery::Delivery(DeliveryOptions options, DeliveryParts parts)
    : options_(options),
      parts_(std::move(parts)),
      ledger_(parts_.info->id, options.max_in_flight),
      breaker_(options.breaker_window, options.breaker_share) {
  if (!parts_.metrics) return;
  namespace names = delivery_metrics;
  Metrics& metrics = *parts_.metrics;
  const Labels source{{"source", parts_.info->stage}};
  count_ = {metrics.counter(names::records, source),     metrics.counter(names::record_bytes, source),
            metrics.counter(names::outcomes, source),    metrics.counter(names::durable, source),
            metrics.counter(names::late, source),        metrics.counter(names::dropped, source),
            metrics.gauge(names::in_flight, source),     metrics.gauge(names::budget),
            metrics.gauge(names::gap, source),           metrics.gauge(names::pending, source),
            metrics.gauge(names::lag, source),           metrics.gauge(names::assigned, source),
            metrics.gauge(names::stalled, source),       metrics.gauge(names::breaker, source),
            metrics.histogram(names::end_to_end, source)};
}

void Delivery::finished(std::vector<Finished> batch) {
  if (inbox_.post(std::move(batch))) parts_.source.wake();
}

void Delivery::repriced(std::vector<Repriced> batch) {
  if (inbox_.post(std::move(batch))) parts_.source.wake();
}

void Delivery::stop() {
  stops_.fetch_add(1);
  parts_.source.wake();
}

Result<void> Delivery::run() {
  for (;;) {
    auto state = step(ledger_.in_flight() > 0 ? kTick : kIdleTick);
    if (!state) return fail(state.error());
    if (*state == State::finished) return {};
  }
}

Result<Delivery::State> Delivery::step(Duration wait) {
  if (phase_ == Phase::closed) return State::finished;
  auto busy = take_results();
  if (!busy) return fail(busy.error());
  if (auto done = close_durable(); !done) return fail(done.error());
  if (auto done = carry_out_revocations(); !done) return fail(done.error());
  if (auto done = drain(); !done) return fail(done.error());
  if (phase_ == Phase::closed) {
    publish(true);
    return State::finished;
  }

  auto events = parts_.source.events(*busy || could_read() ? Duration::zero() : wait);
  if (!events) return fail(events.error());
  for (const SourceEvent& event : *events) {
    if (auto done = serve(event); !done) return fail(done.error());
  }
  if (auto done = read(); !done) return fail(done.error());
  if (auto done = advance_idle(); !done) return fail(done.error());
  publish(!events->empty());
  return State::running;
}

// Applies what was posted and hands on the prefixes that became finished; true when there was anything.
Result<bool> Delivery::take_results() {
  const Inbox::Batches batches = inbox_.take();
  for (const auto& batch : batches.repriced) {
    for (const Repriced& job : batch) parts_.budget.take(ledger_.reprice(job.ticket, job.change));
  }
  const TimePoint now = parts_.clock.now();
  for (const auto& batch : batches.finished) {
    for (const Finished& result : batch) {
      if (auto done = take_finished(result, now); !done) return fail(done.error());
    }
  }
  ledger_.take_finished(releases_);
  if (!releases_.empty()) {
    if (auto done = parts_.committer.append(std::exchange(releases_, {})); !done) return fail(done.error());
  }
  return !batches.empty();
}

Result<void> Delivery::take_finished(const Finished& result, TimePoint now) {
  auto finish = ledger_.finish(result.ticket, result.records, result.branches, result.failure.has_value());
  if (!finish) return fail(finish.error());
  if (*finish == Ledger::Finish::late) {
    late_ += result.branches;
    count_.late.add(result.branches);
    return {};
  }
  if (result.failure) {
    ++failures_;
    failures_with(*result.failure).add();
  }
  if (*finish == Ledger::Finish::open) return {};
  count_.outcomes.add();
  const bool was_closed = breaker_.closed();
  breaker_.count(*finish == Ledger::Finish::closed_failed, now);
  if (was_closed && !breaker_.closed()) {
    log_error("breaker_opened", {{"source", parts_.info->stage}, {"reason", breaker_.reason()}});
  } else if (!was_closed && breaker_.closed()) {
    log_info("breaker_closed", {{"source", parts_.info->stage}});
  }
  return {};
}

Counter Delivery::failures_with(ErrorCode reason) {
  const auto [known, first] = failure_counts_.try_emplace(reason);
  if (first && parts_.metrics)
    known->second = parts_.metrics->counter(delivery_metrics::failures, {{"reason", std::string(to_string(reason))}});
  return known->second;
}

Result<void> Delivery::close_durable() {
  auto tickets = parts_.committer.durable(parts_.clock.now());
  if (!tickets) return fail(tickets.error());
  const int64_t now_ms = parts_.clock.unix_ms();
  for (const Ticket& ticket : *tickets) {
    auto closed = ledger_.durable(ticket);
    if (!closed) return fail(closed.error());
    if (closed->records == 0) continue;
    parts_.budget.give_back(closed->bytes);
    durable_ += closed->records;
    count_.durable.add(closed->records);
    if (closed->oldest_timestamp_ms > 0) {
      count_.end_to_end.observe(static_cast<double>(now_ms - closed->oldest_timestamp_ms) * 1e-3);
    }
  }
  return {};
}

uint32_t Delivery::room_for_records() {
  if (phase_ != Phase::reading || parts_.budget.room(options_.lane) <= 0) return 0;
  return breaker_.allowed(parts_.clock.now(), ledger_.in_flight() == 0);
}

// There are probably records, and room for them.
bool Delivery::could_read() {
  return room_for_records() > 0 && std::any_of(partitions_.begin(), partitions_.end(), [&](const Partition& partition) {
           return partition.more && !partition.revoking && !partition.ended && ledger_.room(partition.at) > 0;
         });
}

// Each partition in turn shows at most a chunk's worth; small ones share a chunk.
Result<void> Delivery::read() {
  const size_t count = partitions_.size();
  if (count == 0) return {};
  turn_ = (turn_ + 1) % count;
  for (size_t i = 0; i < count; ++i) {
    Partition& partition = partitions_[(turn_ + i) % count];
    partition.more = false;
    if (partition.revoking || partition.ended) continue;
    const uint32_t filled = chunk_ ? static_cast<uint32_t>(chunk_->jobs.size()) : 0;
    const int64_t bytes = options_.chunk_bytes - (chunk_ ? static_cast<int64_t>(chunk_->arena.used()) : 0);
    const uint32_t records = std::min({room_for_records(), ledger_.room(partition.at), options_.chunk_jobs - filled});
    if (records == 0) {
      partition.more = true;  // maybe
      continue;
    }
    if (auto done = read_partition(partition, records, bytes); !done) return done;
    if (chunk_ && (chunk_->jobs.size() >= options_.chunk_jobs ||
                   static_cast<int64_t>(chunk_->arena.used()) >= options_.chunk_bytes)) {
      emit_chunk();
    }
  }
  emit_chunk();
  return {};
}

Result<void> Delivery::read_partition(Partition& partition, uint32_t records, int64_t bytes) {
  Result<void> taken;
  int64_t shown_bytes = 0;
  auto shown = parts_.source.poll(partition.at, records, bytes, [&](const RawRecord& record) {
    if (taken) taken = take_record(partition, record);
    shown_bytes += static_cast<int64_t>(record.value ? record.value->size() : 0);
  });
  if (!shown) return fail(shown.error());
  partition.more = *shown == records || shown_bytes >= bytes;
  return taken;
}

Result<void> Delivery::take_record(Partition& partition, const RawRecord& record) {
  const Ticket ticket = ledger_.ticket(partition.at, record.offset);
  ++records_;
  count_.records.add();
  if (!record.value && options_.skip_tombstones) {
    parts_.budget.take(Ledger::kEntryBytes);
    return ledger_.admit(ticket, Ledger::kEntryBytes, 0, record.timestamp_ms);
  }
  if (!chunk_) {
    chunk_ = std::make_shared<JobChunk>();
    chunk_->source = parts_.info;
    chunk_->lane = options_.lane;
  }
  const size_t before = chunk_->arena.used();
  Job& job = take_in(*chunk_, record, ticket);
  const size_t copied = chunk_->arena.used() - before;
  parts_.decode(*chunk_, job);
  const int64_t held = static_cast<int64_t>(chunk_->arena.used() - before);
  // Arenas grow by half, vectors double: a quarter more than what is used, and twice a Job, is what they hold on
  // average.
  const int64_t price = held + held / 4 + static_cast<int64_t>(2 * sizeof(Job)) + Ledger::kEntryBytes +
                        (chunk_->jobs.size() == 1 ? kChunkBytes : 0) + (job.error >= 0 ? held : parts_.estimate(job));
  if (auto done = ledger_.admit(ticket, price, options_.branches, record.timestamp_ms); !done) {
    chunk_->jobs.pop_back();
    return done;
  }
  parts_.budget.take(price);
  breaker_.admitted(1);
  count_.bytes.add(static_cast<double>(copied));
  return {};
}

void Delivery::emit_chunk() {
  if (!chunk_ || chunk_->jobs.empty()) return;
  parts_.emit(std::exchange(chunk_, nullptr));
}

}  // namespace weir
