#include "actors/local_models.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "device/cpu/cpu_device.hpp"
#include "models/packed_batch.hpp"
#include "pooling/pooler_choice.hpp"
#include "pooling/read_facts.hpp"
#include "pooling/runner.hpp"

namespace weir {
namespace {

constexpr uint32_t tokens_per_thread = 1024;  // a row block of the encoder; more gain nothing on a CPU

PoolerOverrides overrides_of(const PoolerPlan& plan) {
  return {plan.kinds, plan.use_activation, plan.dimensions, plan.task};
}

PoolerOverrides overrides_of(const ModelPlan& model) {
  auto overrides = overrides_of(model.pooler);
  if (model.task) overrides.task = model.task;
  return overrides;
}

// The sequences of a cut, contiguous, and what each asks of the worker's heads; reused from cut to cut.
struct Packed {
  PackedBatch batch;
  std::vector<PoolingParams> params;

  void pack(const Cut& cut, const std::vector<uint32_t>& heads) {
    batch.clear();
    params.clear();
    for (const auto& [chunk, row] : cut.rows) {
      const Sequence& sequence = chunk->sequences[row];
      const auto part = [&, at = &sequence](const std::vector<int32_t>& all) {
        return all.empty() ? std::span<const int32_t>() : std::span(all).subspan(at->begin, at->count);
      };
      batch.add(part(chunk->ids), part(chunk->type_ids));
      for (uint32_t head : heads) params.push_back(chunk->pooling[size_t{row} * chunk->heads + head]);
    }
  }
};

std::shared_ptr<const PooledBatch> batch_of(PooledRows rows) {
  auto batch = std::make_shared<PooledBatch>();
  batch->values = std::move(rows.values);
  batch->sequences.reserve(rows.sequences.size());
  for (const auto& row : rows.sequences)
    batch->sequences.push_back({static_cast<uint32_t>(row.first), row.rows, row.dim, row.normalized});
  return batch;
}

int32_t threads_of(const GpuWorkerPlan& worker) {
  return worker.threads != 0 ? static_cast<int32_t>(worker.threads) : usable_cores();
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> LocalModels::open_tokenizer(const ModelPlan& model) {
  return Tokenizer::load(model.path, {.lower_case = model.facts.lower_case});
}

Result<ModelFacts> LocalModels::facts(const ModelPlan& model, const PoolerPlan& pooler) {
  auto facts = read_model_facts(model.path, overrides_of(model));
  if (!facts) return facts;
  if (auto done = apply_overrides(overrides_of(pooler), "pooler", *facts); !done) return fail(std::move(done.error()));
  facts->name = model.name;
  return facts;
}

Result<RunCutFn> LocalModels::open_worker(const ModelPlan& model, const GpuWorkerPlan& worker,
                                          const WorkerHeads& heads) {
  auto device = open_cpu({.threads = threads_of(worker)});
  if (!device) return fail(std::move(device.error()));
  RunnerOptions options;
  options.dir = model.path;
  options.model = overrides_of(model);
  options.heads.clear();
  for (const auto& pooler : heads.poolers) options.heads.push_back(overrides_of(pooler));
  auto opened = Runner::open(options, std::shared_ptr<Device>(std::move(*device)));
  if (!opened) return fail(std::move(opened.error()));
  return [runner = std::shared_ptr<Runner>(std::move(*opened)), packed = std::make_shared<Packed>(),
          indices = heads.indices](const Cut& cut) -> Result<std::vector<std::shared_ptr<const PooledBatch>>> {
    packed->pack(cut, indices);
    auto rows = runner->run(packed->batch.view(), packed->params);
    if (!rows) return fail(std::move(rows.error()));
    std::vector<std::shared_ptr<const PooledBatch>> batches;
    for (auto& head : *rows) batches.push_back(batch_of(std::move(head)));
    return batches;
  };
}

uint32_t LocalModels::auto_tokens(const GpuWorkerPlan& worker) {
  return tokens_per_thread * static_cast<uint32_t>(std::max(threads_of(worker), 1));
}

}  // namespace weir
