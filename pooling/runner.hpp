#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "device/device.hpp"
#include "device/tokens.hpp"
#include "models/encoder.hpp"
#include "pooling/pooler.hpp"
#include "pooling/pooler_choice.hpp"

namespace weir {

struct RunnerOptions {
  std::filesystem::path dir;  // the model's directory
  PoolerOverrides model;      // its `task:` and `pooler:` of the YAML
  std::vector<PoolerOverrides> heads = {
      {}};  // the pooler stages behind the worker, in order; each with its own settings
};

// A model with its pooler stages on one device: what a gpu_worker drives. Two stages cost one forward pass. For one
// thread at a time (the worker's).
class Runner {
 public:
  // Reads the directory and brings the weights to the device. Errors: those of read_model_facts and of loading
  // (not_found, corrupt, unsupported, invalid_config), device_oom.
  static Result<std::unique_ptr<Runner>> open(const RunnerOptions& options, std::shared_ptr<Device> device);

  const ModelFacts& facts() const { return facts_; }
  size_t heads() const { return poolers_.size(); }
  // The facts as one pooler stage sees them: what resolve_pooling takes.
  const ModelFacts& head_facts(size_t head) const { return poolers_[head].facts(); }

  // Runs a batch and gives the pooled rows of every stage. `params[sequence * heads() + head]`, as
  // SequenceChunk::pooling. The device splits the batch into lanes, each goes the whole way from ids to rows. A row
  // that is not finite fails alone (PooledRow::finite). Errors: invalid_request (tokens that the model has no table
  // entry for), internal (parameters that resolve_pooling does not make); device_oom, device_fault: the same batch may
  // succeed elsewhere.
  Result<std::vector<PooledRows>> run(const PackedTokens& batch, std::span<const PoolingParams> params);

 private:
  Runner(ModelFacts facts, std::shared_ptr<Device> device, std::unique_ptr<const Encoder> encoder,
         std::vector<Pooler> poolers)
      : facts_(std::move(facts)),
        device_(std::move(device)),
        encoder_(std::move(encoder)),
        poolers_(std::move(poolers)) {}
  Result<std::vector<PooledRows>> lay_out(const PackedTokens& batch, std::span<const PoolingParams> params) const;

  ModelFacts facts_;
  std::shared_ptr<Device> device_;  // outlives the weights below
  std::unique_ptr<const Encoder> encoder_;
  std::vector<Pooler> poolers_;
};

}  // namespace weir
