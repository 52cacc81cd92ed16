#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "pipeline/flow/chunk.hpp"
#include "pipeline/flow/joining.hpp"
#include "pipeline/spec/plan.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {

// What one pooler made of one cut: `sequences[i]` belongs to row i of the cut.
struct PooledBatch {
  std::vector<float> values;
  std::vector<PooledSequence> sequences;
};

// What a gpu_worker drives: packed cut in, pooled rows out, one PooledBatch a head, rows in the order of the cut. Runs
// on the worker's own thread and may block there. An error fails the cut (it is retried elsewhere, then bisected); an
// exception means that the device is gone: the worker ends and a new one is opened.
using RunCutFn = std::function<Result<std::vector<std::shared_ptr<const PooledBatch>>>(const Cut&)>;

// The pooler stages that one worker serves: indices among the heads of the tokenizer above it, and their settings.
struct WorkerHeads {
  std::vector<uint32_t> indices;
  std::vector<PoolerPlan> poolers;
};

// How the runtime gets at models, so that tests and benchmarks can put null devices and fakes in their place.
class ModelPort {
 public:
  virtual ~ModelPort() = default;
  virtual Result<std::shared_ptr<const Tokenizer>> open_tokenizer(const ModelPlan& model) = 0;
  // Facts of the model with this pooler stage's settings merged in.
  virtual Result<ModelFacts> facts(const ModelPlan& model, const PoolerPlan& pooler) = 0;
  // Opens the model on the worker's device. Called for every worker, also when one is restarted.
  virtual Result<RunCutFn> open_worker(const ModelPlan& model, const GpuWorkerPlan& worker,
                                       const WorkerHeads& heads) = 0;
  // Tokens that a batch may hold when the batcher says `auto`.
  virtual uint32_t auto_tokens(const GpuWorkerPlan& worker) = 0;
};

}  // namespace weir
