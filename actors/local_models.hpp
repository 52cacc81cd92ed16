#pragma once

#include "actors/compute.hpp"

namespace weir {

// Models from directories of this machine, on its devices: what the program runs. (The CPU only: no GPU is built in.)
class LocalModels final : public ModelPort {
 public:
  Result<std::shared_ptr<const Tokenizer>> open_tokenizer(const ModelPlan& model) override;
  Result<ModelFacts> facts(const ModelPlan& model, const PoolerPlan& pooler) override;
  Result<RunCutFn> open_worker(const ModelPlan& model, const GpuWorkerPlan& worker, const WorkerHeads& heads) override;
  uint32_t auto_tokens(const GpuWorkerPlan& worker) override;
};

}  // namespace weir
