// Delivery, third part: what it shows of itself.
#include "pipeline/delivery/status.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "pipeline/delivery/delivery.hpp"

namespace weir {
namespace {

constexpr Duration kPublishEvery = std::chrono::milliseconds(100);

}  // namespace

bool DeliveryStatus::live() const {
  return std::none_of(partitions.begin(), partitions.end(),
                      [](const PartitionStatus& p) { return p.stall == Stall::compute; });
}

std::string DeliveryStatus::not_ready() const {
  if (finished) return "the source is closed";
  if (draining) return "the source is draining";
  if (!breaker.empty()) return breaker;
  if (!assigned) return "no partitions are assigned yet";
  return {};
}

DeliveryStatus Delivery::status() const {
  std::lock_guard lock(status_mutex_);
  return status_;
}

void Delivery::watch(Partition& partition, TimePoint now) {
  const Ledger::Marks& marks = *ledger_.marks(partition.at);
  const bool moved = marks.finished != partition.finished_seen || marks.durable != partition.durable_seen;
  if (moved || marks.in_flight() == 0) {
    partition.finished_seen = marks.finished;
    partition.durable_seen = marks.durable;
    partition.progress_at = now;
    partition.stall = Stall::none;
    return;
  }
  if (now - partition.progress_at < options_.stall_after || partition.stall != Stall::none) return;
  // Something was handed to the Committer and stays there: whatever else waits, that comes first.
  partition.stall = marks.finished > marks.durable ? Stall::commit : Stall::compute;
  log_error("partition_stalled", {{"source", parts_.info->stage},
                                  {"topic", parts_.info->topics.at(partition.at.topic)},
                                  {"partition", partition.at.partition},
                                  {"waits_for", partition.stall == Stall::commit ? "the broker" : "an outcome"},
                                  {"next_offset", marks.next.value},
                                  {"in_flight", marks.in_flight()}});
}

void Delivery::publish(bool force) {
  const TimePoint now = parts_.clock.now();
  if (!force && now - published_at_ < kPublishEvery) return;
  published_at_ = now;

  DeliveryStatus next;
  int64_t lag = 0;
  uint64_t gap = 0;
  uint32_t stalled = 0;
  for (Partition& partition : partitions_) {
    watch(partition, now);
    const Ledger::Marks& marks = *ledger_.marks(partition.at);
    PartitionStatus& shown = next.partitions.emplace_back();
    shown = {partition.at,
             marks.admitted,
             marks.finished,
             marks.durable,
             std::max(marks.next, partition.advanced),
             parts_.source.end_offset(partition.at),
             partition.revoking,
             partition.ended,
             partition.stall};
    lag += shown.lag();
    gap += marks.admitted - marks.finished;
    stalled += partition.stall != Stall::none;
  }
  next.records = records_;
  next.durable = durable_;
  next.failures = failures_;
  next.late = late_;
  next.in_flight = ledger_.in_flight();
  next.pending_bytes = parts_.committer.pending_bytes();
  next.assigned = ever_assigned_;
  next.draining = phase_ == Phase::draining;
  next.finished = phase_ == Phase::closed;
  next.breaker = breaker_.reason();

  count_.in_flight.set(static_cast<double>(next.in_flight));
  count_.budget.set(static_cast<double>(parts_.budget.held()));
  count_.gap.set(static_cast<double>(gap));
  count_.pending.set(static_cast<double>(next.pending_bytes));
  count_.lag.set(static_cast<double>(lag));
  count_.assigned.set(static_cast<double>(partitions_.size()));
  count_.stalled.set(stalled);
  count_.breaker.set(breaker_.closed() ? 0 : 1);

  std::lock_guard lock(status_mutex_);
  status_ = std::move(next);
}

}  // namespace weir
