#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "actors/protocol.hpp"
#include "actors/stage.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "pipeline/flow/batching.hpp"
#include "pipeline/flow/cost_model.hpp"

namespace weir {

struct BatcherParts {
  std::string stage;         // its name in the YAML
  std::string worker_stage;  // of the workers that it feeds; named in failures
  uint32_t max_tokens = 1024;
  uint32_t max_sequences = 0;
  double realtime_share = 0.5;
  uint32_t attempts = 2;
  uint32_t workers = 1;
  uint32_t restarts = 10;  // of workers, within a minute
  std::vector<caf::actor> poolers;
  // Spawns worker `index` (detached in the program, scheduled in tests), which will ask the batcher for cuts.
  std::function<caf::actor(Stage& host, uint32_t index)> spawn_worker;
  const Clock* clock = nullptr;
  Metrics* metrics = nullptr;
};

// Queues sequences, cuts a batch whenever a worker asks for one, and keeps every cut until its rows are there: a worker
// that dies is started again and its cuts run again. Ends with an error when its workers die more often than the
// restart budget allows.
class Batcher final : public Stage {
 public:
  Batcher(caf::actor_config& config, BatcherParts parts);
  caf::behavior make_behavior() override;

 private:
  struct Worker {
    caf::actor handle;
    uint32_t index = 0;
    std::map<uint64_t, std::shared_ptr<const Cut>>
        running;  // by number: the lowest is computed, the rest wait in its mailbox
  };

  void on_down(caf::actor_id who, const caf::error& reason) override;
  void on_stop() override;
  void let_go() override;

  void start_worker(uint32_t index);
  void pump();
  void failed(const CutFailed& failure);
  void report(std::vector<SequenceFailure>& failures);

  BatcherParts parts_;
  Batching batching_;
  CostModel cost_;
  std::map<caf::actor_id, Worker> workers_;
  std::deque<caf::actor_id> ready_;
  std::deque<TimePoint> restarts_;
  uint64_t numbers_ = 0;
  Counter restart_count_;
  Gauge queue_tokens_, backlog_seconds_;
};

}  // namespace weir
