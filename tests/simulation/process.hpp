#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/delivery/delivery.hpp"
#include "pipeline/delivery/out_records.hpp"
#include "pipeline/flow/batching.hpp"
#include "pipeline/flow/joining.hpp"
#include "tests/simulation/broker_committer.hpp"
#include "tests/simulation/broker_source.hpp"
#include "tests/simulation/plan.hpp"

namespace weir::simulation {

// One run of weir with two branches, without threads: the real Delivery, Batching, Joining and OutRecords around a fake
// source, tokenizer, device and committer. `work` carries out one thing of those that could happen next, drawn by dice.
class Process {
 public:
  Process(FakeBroker& broker, const Plan& plan, Mutant mutant, Dice& dice, const Clock& clock, int32_t number);

  Delivery& delivery() { return *delivery_; }
  BrokerSource& source() { return source_; }
  BrokerCommitter& committer() { return *committer_; }
  const Budget& budget() const { return budget_; }

  // One thing between two actors; faults happen only when `faults`. False when nothing is to be done.
  bool work(bool faults);

  // Set when a room found counts that do not add up.
  const std::string& broken() const { return broken_; }

 private:
  struct Pooled {
    std::shared_ptr<const Cut> cut;
    std::vector<float> values;
    std::vector<PooledSequence> sequences;
  };
  struct HeadWork {  // what waits for a pooler: rows or failures
    std::optional<Pooled> pooled;
    std::vector<SequenceFailure> failures;
  };

  void decode(JobChunk& chunk, Job& job);
  void tokenize();
  void ask_device();
  void run_device(bool faults);
  Pooled pool(const std::shared_ptr<const Cut>& cut, uint32_t head) const;
  void to_heads(std::vector<SequenceFailure> failures);
  void join(uint32_t head);
  void to_sinks(uint32_t head, const OutcomeChunkPtr& chunk);
  void close_without_device(const JobChunkPtr& jobs, std::vector<uint32_t> which);
  void sink(uint32_t branch);
  void post();
  template <typename T>
  T draw(std::deque<T>& from, bool in_order);

  const Plan& plan_;
  const Mutant mutant_;
  Dice& dice_;
  const Clock& clock_;
  Budget budget_;
  BrokerSource source_;
  std::shared_ptr<ModelFacts> model_ = std::make_shared<ModelFacts>();
  std::unique_ptr<BrokerCommitter> committer_;
  std::unique_ptr<Delivery> delivery_;
  Batching batching_;
  std::vector<Joining> joinings_;
  std::vector<OutRecords> sinks_;

  std::deque<JobChunkPtr> jobs_;
  std::deque<Cut> cuts_;  // on the device
  std::array<std::deque<HeadWork>, 2> heads_;
  std::array<std::deque<OutcomeChunkPtr>, 2> outcomes_;  // by branch
  std::deque<std::vector<Finished>> finished_;
  std::map<TopicPartition, uint32_t> epochs_;  // newest seen
  std::map<Ticket, uint32_t> branches_done_;
  std::string broken_;
};

}  // namespace weir::simulation
