#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/compute.hpp"
#include "actors/protocol.hpp"
#include "actors/stage.hpp"
#include "base/metrics.hpp"

namespace weir {

struct GpuWorkerParts {
  std::string stage;  // its name in the YAML
  caf::actor batcher;
  std::vector<caf::actor> poolers;  // one a head, in the order of the rows that `open` yields
  std::function<Result<RunCutFn>()> open;
  Metrics* metrics = nullptr;
};

// Owns one device for as long as it lives. Detached: it computes on its own thread and never blocks anybody else. It
// asks for a cut twice at the start, so the next one is there when the current one is done. It ends (for its batcher to
// restart) when its device cannot be opened or throws.
class GpuWorker final : public Stage {
 public:
  GpuWorker(caf::actor_config& config, GpuWorkerParts parts);
  caf::behavior make_behavior() override;

 private:
  void let_go() override;
  void run(const RunCut& work);

  GpuWorkerParts parts_;
  RunCutFn compute_;
  Counter tokens_, sequences_, batches_, busy_seconds_;
  Histogram batch_tokens_;
};

}  // namespace weir
