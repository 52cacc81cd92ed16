#include "tests/simulation/broker_committer.hpp"

#include <algorithm>

namespace weir {

Result<void> BrokerCommitter::take_error() {
  if (!error_) return {};
  const Error error = *std::exchange(error_, std::nullopt);
  return fail(error);
}

Result<void> BrokerCommitter::append(std::vector<Release> releases) {
  if (auto ok = take_error(); !ok) return ok;
  for (Release& release : releases) pending_.push_back({std::move(release)});
  return {};
}

void BrokerCommitter::write(const Release& release, bool visible) {
  for (const OutRecord& record : release.first.records()) broker_.write(process_, release.ticket, record, visible);
  for (const OutSpan& span : release.more) {
    for (const OutRecord& record : span.records()) broker_.write(process_, release.ticket, record, visible);
  }
}

// The first `count` releases: what is not written yet is, and their offsets are committed.
void BrokerCommitter::commit(size_t count) {
  std::map<TopicPartition, Ticket> last;
  for (size_t i = 0; i < count; ++i) {
    // A fenced producer's transaction never becomes visible.
    const bool fenced = guarantee_ == BrokerGuarantee::exactly_once && refused(pending_[i].release.ticket.at);
    if (!pending_[i].written) write(pending_[i].release, !fenced);
    last[pending_[i].release.ticket.at] = pending_[i].release.ticket;
  }
  for (const auto& [at, ticket] : last) {
    if (refused(at)) continue;
    broker_.commit(process_, at, Offset{ticket.offset.value + 1});
    reports_.push_back({step_ + late_, ticket});
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(count));
}

void BrokerCommitter::abort(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (guarantee_ == BrokerGuarantee::exactly_once) write(pending_[i].release, false);
    if (forget_on_abort_) pending_[i].release.first = {}, pending_[i].release.more = {};
  }
}

Result<std::vector<Ticket>> BrokerCommitter::durable(TimePoint) {
  if (auto ok = take_error(); !ok) return fail(ok.error());
  ++step_;
  if (!corked_) {
    for (const auto& [at, next] : std::exchange(idle_, {})) commit_idle(at, next);
    const size_t count = std::min(at_once_, pending_.size());
    const bool fenced = guarantee_ == BrokerGuarantee::exactly_once &&
                        std::any_of(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(count),
                                    [&](const Pending& pending) { return refused(pending.release.ticket.at); });
    if (fenced) {
      for (size_t i = 0; i < count; ++i) write(pending_[i].release, false);
    } else if (abort_ && count > 0) {
      abort_ = false;
      abort(count);
    } else if (guarantee_ == BrokerGuarantee::exactly_once) {
      commit(count);
    } else {
      size_t written = 0;
      while (written < pending_.size() && pending_[written].written) ++written;
      commit(written);
      for (size_t i = 0; i < std::min(at_once_, pending_.size()); ++i) {
        write(pending_[i].release, true);
        pending_[i].written = true;
      }
    }
  }
  std::vector<Ticket> out;
  for (auto it = reports_.begin(); it != reports_.end();) {
    if (it->step > step_) {
      ++it;
      continue;
    }
    const Ticket& ticket = it->ticket;
    broker_.note({FakeEvent::Kind::durable, process_, ticket.at, ticket.offset, ticket.epoch});
    out.push_back(ticket);
    it = reports_.erase(it);
  }
  return out;
}

Result<void> BrokerCommitter::advance(TopicPartition at, Offset next) {
  if (auto ok = take_error(); !ok) return ok;
  advanced.emplace_back(at, next);
  if (corked_) {
    idle_[at] = next;
  } else {
    commit_idle(at, next);
  }
  return {};
}

void BrokerCommitter::commit_idle(TopicPartition at, Offset next) {
  if (!refused(at)) broker_.commit(process_, at, next);
}

Result<void> BrokerCommitter::revoke(std::span<const TopicPartition> partitions, bool lost, TimePoint) {
  if (auto ok = take_error(); !ok) return ok;
  revoked.emplace_back(std::vector<TopicPartition>(partitions.begin(), partitions.end()), lost);
  const auto leaves = [&](const Pending& pending) {
    return std::find(partitions.begin(), partitions.end(), pending.release.ticket.at) != partitions.end();
  };
  if (!lost && !corked_) {
    const auto rest = std::stable_partition(pending_.begin(), pending_.end(), leaves);
    commit(static_cast<size_t>(rest - pending_.begin()));
  } else {
    std::erase_if(pending_, leaves);
  }
  for (TopicPartition at : partitions) idle_.erase(at);
  return {};
}

Result<void> BrokerCommitter::drain(TimePoint) {
  if (auto ok = take_error(); !ok) return ok;
  if (corked_ && !pending_.empty()) return fail(ErrorCode::unavailable, "the broker does not answer");
  if (!corked_) commit(pending_.size());
  for (Report& report : reports_) report.step = 0;
  return {};
}

int64_t BrokerCommitter::pending_bytes() const {
  int64_t bytes = 0;
  for (const Pending& pending : pending_) {
    for (const OutRecord& record : pending.release.first.records()) bytes += record.value.value_or("").size();
  }
  return bytes;
}

}  // namespace weir
