#include "tests/simulation/mutants.hpp"

#include <set>

namespace weir::simulation {
namespace {

class WithoutEpoch final : public BrokerCommitter {
 public:
  WithoutEpoch(FakeBroker& broker, BrokerGuarantee guarantee, int32_t process,
               const std::map<TopicPartition, uint32_t>& epochs)
      : BrokerCommitter(broker, guarantee, process), epochs_(epochs) {}

  Result<std::vector<Ticket>> durable(TimePoint now) override {
    auto tickets = BrokerCommitter::durable(now);
    if (!tickets) return tickets;
    for (Ticket& ticket : *tickets) ticket.epoch = epochs_.at(ticket.at);
    return tickets;
  }

 private:
  const std::map<TopicPartition, uint32_t>& epochs_;
};

class WithoutPrefix final : public BrokerCommitter {
 public:
  using BrokerCommitter::BrokerCommitter;

  void finished(const Finished& job) {
    Release& release = half_.try_emplace(job.ticket, Release{job.ticket, {}, {}}).first->second;
    release.more.push_back(job.records);
    if (release.more.size() < 2) return;
    early_.insert(job.ticket);
    std::vector<Release> one;
    one.push_back(std::move(release));
    (void)BrokerCommitter::append(std::move(one));
  }
  Result<void> append(std::vector<Release> releases) override {
    std::erase_if(releases, [&](const Release& release) {
      known_.insert(release.ticket);
      return early_.count(release.ticket) > 0;
    });
    return BrokerCommitter::append(std::move(releases));
  }
  Result<std::vector<Ticket>> durable(TimePoint now) override {
    auto tickets = BrokerCommitter::durable(now);
    if (!tickets) return tickets;
    early_durable_.insert(tickets->begin(), tickets->end());
    std::vector<Ticket> out;
    std::erase_if(early_durable_, [&](const Ticket& ticket) {
      if (known_.count(ticket) == 0) return false;
      out.push_back(ticket);
      return true;
    });
    return out;
  }

 private:
  std::map<Ticket, Release> half_;
  std::set<Ticket> early_, known_, early_durable_;
};

}  // namespace

std::unique_ptr<BrokerCommitter> make_committer(Mutant mutant, FakeBroker& broker, bool exactly_once, int32_t process,
                                                const std::map<TopicPartition, uint32_t>& epochs) {
  const BrokerGuarantee guarantee = exactly_once ? BrokerGuarantee::exactly_once : BrokerGuarantee::at_least_once;
  if (mutant == Mutant::no_epoch) return std::make_unique<WithoutEpoch>(broker, guarantee, process, epochs);
  if (mutant == Mutant::no_prefix) return std::make_unique<WithoutPrefix>(broker, guarantee, process);
  return std::make_unique<BrokerCommitter>(broker, guarantee, process);
}

void release_early(BrokerCommitter& committer, std::span<const Finished> batch) {
  for (const Finished& job : batch) static_cast<WithoutPrefix&>(committer).finished(job);
}

}  // namespace weir::simulation
