// Delivery, second part: what a source's events, a revoke and the end ask for.
#include <algorithm>
#include <iterator>

#include "base/log.hpp"
#include "pipeline/delivery/delivery.hpp"
#include "pipeline/delivery/metrics.hpp"

namespace weir {
namespace {

std::string_view to_string(SourceEvent::Kind kind) {
  switch (kind) {
    case SourceEvent::Kind::assigned: return "assigned";
    case SourceEvent::Kind::revoke: return "revoke";
    case SourceEvent::Kind::lost: return "lost";
    case SourceEvent::Kind::end: return "end";
  }
  return "?";
}

}  // namespace

Result<void> Delivery::serve(const SourceEvent& event) {
  if (event.kind == SourceEvent::Kind::end) {
    return event.partitions.empty() ? Result<void>{} : serve_end(event.partitions[0], event.next);
  }
  log_info("partitions_" + std::string(to_string(event.kind)),
           {{"source", parts_.info->stage}, {"count", event.partitions.size()}});
  if (parts_.metrics) {
    parts_.metrics->counter(delivery_metrics::rebalances, {{"kind", std::string(to_string(event.kind))}}).add();
  }
  const TimePoint now = parts_.clock.now();
  assigned_ = event.kind == SourceEvent::Kind::assigned;
  if (assigned_) {
    ever_assigned_ = true;
    std::vector<TopicPartition> again;  // never seen from a broker; an old epoch must not live on if it happens
    std::copy_if(event.partitions.begin(), event.partitions.end(), std::back_inserter(again),
                 [&](TopicPartition at) { return find(at) != nullptr; });
    if (auto done = lose(again); !done) return done;
    for (TopicPartition at : event.partitions) {
      ledger_.assign(at);
      Partition& partition = partitions_.emplace_back();
      partition.at = at;
      partition.progress_at = now;
    }
    return {};
  }
  if (event.kind == SourceEvent::Kind::lost) {
    if (auto done = lose(event.partitions); !done) return done;
    return parts_.source.release(event.partitions);
  }
  for (TopicPartition at : event.partitions) {
    if (Partition* partition = find(at)) partition->revoking = true;
  }
  revocations_.push_back({event.partitions, now + options_.drain_limit * 3 / 4, now + options_.drain_limit});
  return {};
}

Result<void> Delivery::serve_end(TopicPartition at, Offset next) {
  Partition* partition = find(at);
  if (!partition) return {};
  partition->end = next;
  if (options_.until_end_of_topic) partition->ended = true;
  return {};
}

// Somebody else has these partitions already: forget them at once.
Result<void> Delivery::lose(const std::vector<TopicPartition>& partitions) {
  if (partitions.empty()) return {};
  for (Revocation& revocation : revocations_) {
    std::erase_if(revocation.partitions, [&](TopicPartition at) {
      return std::find(partitions.begin(), partitions.end(), at) != partitions.end();
    });
  }
  std::erase_if(revocations_, [](const Revocation& revocation) { return revocation.partitions.empty(); });
  return give_away(partitions, true, parts_.clock.now());
}

// The Committer lets go first (it may still make records durable), then the ledger; what is left in flight is dropped.
Result<void> Delivery::give_away(const std::vector<TopicPartition>& partitions, bool lost, TimePoint limit) {
  if (auto done = parts_.committer.revoke(partitions, lost, limit); !done) return done;
  if (auto done = close_durable(); !done) return done;
  uint32_t dropped = 0;
  for (TopicPartition at : partitions) {
    const Ledger::Closed left = ledger_.lose(at);
    parts_.budget.give_back(left.bytes);
    dropped += left.records;
    std::erase_if(partitions_, [&](const Partition& partition) { return partition.at == at; });
  }
  count_.dropped.add(dropped);
  if (dropped > 0) {
    log_warn("records_given_up", {{"source", parts_.info->stage}, {"lost", lost}, {"count", dropped}});
  }
  return {};
}

// A revoke ends when all that was read of its partitions is with the Committer, or at its limit.
Result<void> Delivery::carry_out_revocations() {
  while (!revocations_.empty()) {
    const Revocation& first = revocations_.front();
    const bool waits = any_unfinished(first.partitions) && parts_.clock.now() < first.finish_by && stops_.load() < 2;
    if (waits) return {};
    const Revocation revocation = std::move(revocations_.front());
    revocations_.pop_front();
    if (auto done = give_away(revocation.partitions, false, revocation.commit_by); !done) return done;
    if (auto done = parts_.source.release(revocation.partitions); !done) return done;
  }
  return {};
}

// Control records (transaction markers) at the end of a partition are nobody's job; without this, lag would never be 0.
Result<void> Delivery::advance_idle() {
  for (Partition& partition : partitions_) {
    if (!partition.end) continue;
    const Ledger::Marks& marks = *ledger_.marks(partition.at);
    if (*partition.end < marks.next_read) partition.end.reset();  // records came after it
    if (!partition.end || marks.in_flight() > 0) continue;
    const Offset next = *std::exchange(partition.end, std::nullopt);
    if (next <= std::max(marks.next, partition.advanced)) continue;
    if (auto done = parts_.committer.advance(partition.at, next); !done) return done;
    partition.advanced = next;
  }
  return {};
}

bool Delivery::at_end_of_topic() const {
  return options_.until_end_of_topic && assigned_ && revocations_.empty() && ledger_.in_flight() == 0 &&
         std::all_of(partitions_.begin(), partitions_.end(), [](const Partition& p) { return p.ended && !p.end; });
}

bool Delivery::any_unfinished(const std::vector<TopicPartition>& partitions) const {
  return std::any_of(partitions.begin(), partitions.end(), [&](TopicPartition at) { return ledger_.unfinished(at); });
}

// Carries out `stop` and the end of the topic: all in flight goes to the Committer, which writes and commits it.
Result<void> Delivery::drain() {
  const uint32_t stops = stops_.load();
  const TimePoint now = parts_.clock.now();
  if (phase_ == Phase::reading && (stops > 0 || at_end_of_topic())) {
    phase_ = Phase::draining;
    finish_by_ = now + options_.drain_limit * 3 / 4;
    commit_by_ = now + options_.drain_limit;
    log_info("drain_started", {{"source", parts_.info->stage}, {"in_flight", ledger_.in_flight()}});
  }
  if (phase_ != Phase::draining) return {};
  if (stops >= 2) return close(true);
  const bool unfinished = std::any_of(partitions_.begin(), partitions_.end(),
                                      [&](const Partition& partition) { return ledger_.unfinished(partition.at); });
  if (unfinished && now < finish_by_) return {};
  return close(false);
}

Result<void> Delivery::close(bool abandon) {
  if (!abandon) {
    auto drained = parts_.committer.drain(commit_by_);
    if (!drained && drained.error().code != ErrorCode::unavailable) return drained;
    if (!drained) log_warn("drain_incomplete", {{"source", parts_.info->stage}, {"reason", drained.error().message}});
    if (auto done = close_durable(); !done) return done;
  }
  // What is left belongs to whoever reads these partitions next: an open transaction is aborted.
  std::vector<TopicPartition> all;
  for (const Partition& partition : partitions_) all.push_back(partition.at);
  const uint64_t left = ledger_.in_flight();
  if (auto done = give_away(all, abandon || left > 0, parts_.clock.now()); !done) return done;
  revocations_.clear();
  phase_ = Phase::closed;
  log_info("drain_finished", {{"source", parts_.info->stage}, {"given_up", left}});
  return parts_.source.close();
}

Delivery::Partition* Delivery::find(TopicPartition at) {
  auto it = std::find_if(partitions_.begin(), partitions_.end(), [&](const Partition& p) { return p.at == at; });
  return it == partitions_.end() ? nullptr : &*it;
}

}  // namespace weir
