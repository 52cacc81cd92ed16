#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/delivery/ports.hpp"
#include "tests/simulation/fake_broker.hpp"

namespace weir {

enum class BrokerGuarantee : uint8_t { at_least_once, exactly_once };

// Writes to a FakeBroker. Each `durable` is one step: at_least_once first writes, and at a later step commits what was
// written; exactly_once does both at once in a transaction. Uncorked and without faults all that was appended is
// durable after two steps.
class BrokerCommitter : public Committer {
 public:
  BrokerCommitter(FakeBroker& broker, BrokerGuarantee guarantee, int32_t process = 0)
      : broker_(broker), guarantee_(guarantee), process_(process) {}

  // The broker does not answer: nothing is written or committed; revokes and drains do not get anywhere.
  void cork() { corked_ = true; }
  void uncork() { corked_ = false; }
  bool corked() const { return corked_; }
  // The next transaction aborts and is produced again (exactly_once), or its writes are tried again (at_least_once).
  void abort_next() { abort_ = true; }
  // What became durable is reported so many steps later, even when its partition is gone by then.
  void acknowledge_after(uint32_t steps) { late_ = steps; }
  // At most so many releases a step.
  void at_once(size_t releases) { at_once_ = releases; }
  void fail_next(Error error) { error_ = std::move(error); }
  // Wrong on purpose: what an aborted transaction held is not produced again.
  void forget_on_abort() { forget_on_abort_ = true; }

  Result<void> append(std::vector<Release> releases) override;
  Result<std::vector<Ticket>> durable(TimePoint now) override;
  Result<void> advance(TopicPartition at, Offset next) override;
  Result<void> revoke(std::span<const TopicPartition> partitions, bool lost, TimePoint limit) override;
  Result<void> drain(TimePoint limit) override;
  int64_t pending_bytes() const override;

  std::vector<std::pair<TopicPartition, Offset>> advanced;
  std::vector<std::pair<std::vector<TopicPartition>, bool>> revoked;  // with `lost`

 private:
  struct Pending {
    Release release;
    bool written = false;
  };
  struct Report {
    uint64_t step = 0;
    Ticket ticket;
  };
  Result<void> take_error();
  bool refused(TopicPartition at) const { return broker_.partition(at).zombie == process_; }
  void write(const Release& release, bool visible);
  void commit(size_t count);
  void commit_idle(TopicPartition at, Offset next);
  void abort(size_t count);

  FakeBroker& broker_;
  const BrokerGuarantee guarantee_;
  const int32_t process_;
  bool corked_ = false, abort_ = false, forget_on_abort_ = false;
  uint32_t late_ = 0;
  size_t at_once_ = static_cast<size_t>(-1);
  std::optional<Error> error_;
  uint64_t step_ = 0;
  std::deque<Pending> pending_;
  std::deque<Report> reports_;
  std::map<TopicPartition, Offset> idle_;  // advances that wait for the cork to be drawn
};

}  // namespace weir
