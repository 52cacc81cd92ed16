#pragma once

#include "actors/compute.hpp"

namespace weir {

// A model that computes nothing: a token for every four bytes, one fixed vector of 384 floats for every sequence. What
// is left is the cost of the stream itself.
class NullModels final : public ModelPort {
 public:
  static constexpr uint32_t dim = 384;
  static ModelFacts null_facts();

  Result<std::shared_ptr<const Tokenizer>> open_tokenizer(const ModelPlan&) override;
  Result<ModelFacts> facts(const ModelPlan&, const PoolerPlan&) override { return null_facts(); }
  Result<RunCutFn> open_worker(const ModelPlan&, const GpuWorkerPlan&, const WorkerHeads& heads) override;
  uint32_t auto_tokens(const GpuWorkerPlan&) override { return 16'384; }
};

}  // namespace weir
