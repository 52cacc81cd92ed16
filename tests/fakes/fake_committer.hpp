#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/delivery/ports.hpp"

namespace weir {

// Uncorked, everything is durable at the next look; corked, nothing is until a drain or a revoke. For one thread.
class FakeCommitter final : public Committer {
 public:
  struct Revoke {
    std::vector<TopicPartition> partitions;
    bool lost;
    TimePoint limit;
  };

  void cork() { corked = true; }
  void uncork() { corked = false; }

  Result<void> append(std::vector<Release> releases) override {
    if (fail_append) return fail(*fail_append);
    for (Release& release : releases) {
      appended[release.ticket.at].push_back(release.ticket.offset.value);
      pending.push_back(std::move(release));
    }
    return {};
  }
  Result<std::vector<Ticket>> durable(TimePoint) override {
    if (fail_durable) return fail(*fail_durable);
    if (!corked) commit([](TopicPartition) { return true; });
    return std::exchange(became_durable, {});
  }
  Result<void> advance(TopicPartition at, Offset next) override {
    advanced.emplace_back(at, next.value);
    committed[at] = next.value;
    return {};
  }
  Result<void> revoke(std::span<const TopicPartition> partitions, bool lost, TimePoint limit) override {
    const auto among = [&](TopicPartition at) {
      return std::find(partitions.begin(), partitions.end(), at) != partitions.end();
    };
    revokes.push_back({{partitions.begin(), partitions.end()}, lost, limit});
    if (!lost && !stuck) commit(among);
    std::erase_if(pending, [&](const Release& release) { return among(release.ticket.at); });
    return {};
  }
  Result<void> drain(TimePoint limit) override {
    drained_until = limit;
    if (stuck) return fail(ErrorCode::unavailable, "the broker does not answer");
    commit([](TopicPartition) { return true; });
    return {};
  }
  int64_t pending_bytes() const override { return static_cast<int64_t>(pending.size()); }

  std::map<TopicPartition, std::vector<int64_t>> appended;
  std::map<TopicPartition, int64_t> committed;
  std::vector<std::pair<TopicPartition, int64_t>> advanced;
  std::vector<Release> pending;
  std::vector<Ticket> became_durable;
  std::vector<Revoke> revokes;
  std::optional<TimePoint> drained_until;
  bool corked = false, stuck = false;
  std::optional<Error> fail_append, fail_durable;

 private:
  template <typename Among>
  void commit(Among among) {
    for (const Release& release : pending) {
      if (!among(release.ticket.at)) continue;
      committed[release.ticket.at] = release.ticket.offset.value + 1;
      became_durable.push_back(release.ticket);
    }
    std::erase_if(pending, [&](const Release& release) { return among(release.ticket.at); });
  }
};

}  // namespace weir
