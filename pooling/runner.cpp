#include "pooling/runner.hpp"

#include <exception>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "models/registry.hpp"
#include "models/safetensors.hpp"
#include "pooling/read_facts.hpp"
#include "pooling/sentence_transformers.hpp"

namespace weir {
namespace {

struct Loaded {
  std::unique_ptr<const Encoder> encoder;
  std::shared_ptr<const HeadLayers> layers;
};

// The model's own head, or the Dense modules of its sentence-transformers files: never both (choose_poolers).
Result<Loaded> load(const std::filesystem::path& dir, Device& device) {
  const auto config = read_model_config(dir);
  if (!config) return fail(config.error());
  const auto files = read_sentence_transformers(dir, config->hidden_size);
  if (!files) return fail(files.error());
  const auto store = WeightStore::open(dir);
  if (!store) return fail(store.error());
  auto encoder = load_encoder(*config, **store, device);
  if (!encoder) return fail(encoder.error());
  auto layers = std::make_shared<HeadLayers>();
  for (const auto& dense : files->dense) {
    const auto weights = WeightStore::open(dense.dir);
    if (!weights) return fail(weights.error());
    if (auto added = layers->add(dense.layer, **weights, device); !added) return fail(added.error());
  }
  if (!files->has_pooling)
    for (const auto& layer : head_layers(*config, **store))
      if (auto added = layers->add(layer, **store, device); !added) return fail(added.error());
  return Loaded{std::move(*encoder), std::move(layers)};
}

}  // namespace

Result<std::unique_ptr<Runner>> Runner::open(const RunnerOptions& options, std::shared_ptr<Device> device) {
  auto facts = read_model_facts(options.dir, options.model);
  if (!facts) return fail(facts.error());
  try {
    auto loaded = load(options.dir, *device);
    if (!loaded) return fail(loaded.error());
    std::vector<Pooler> poolers;
    for (const auto& overrides : options.heads) {
      ModelFacts stage = *facts;
      if (auto applied = apply_overrides(overrides, "pooler", stage); !applied) return fail(applied.error());
      poolers.emplace_back(std::move(stage), loaded->layers);
    }
    return std::unique_ptr<Runner>(
        new Runner(std::move(*facts), std::move(device), std::move(loaded->encoder), std::move(poolers)));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::device_oom,
                fmt::format("{}: its weights ({} MiB as float32) do not fit into the memory of {}",
                            options.dir.string(), facts->weight_bytes_fp32 >> 20, device->info().name));
  }
}

Result<std::vector<PooledRows>> Runner::lay_out(const PackedTokens& batch,
                                                std::span<const PoolingParams> params) const {
  const auto sequences = static_cast<size_t>(batch.sequences());
  if (params.size() != sequences * heads())
    return fail(ErrorCode::internal,
                fmt::format("{} pooling parameters for {} sequences and {} stages", params.size(), sequences, heads()));
  std::vector<PooledRows> out(heads());
  for (size_t head = 0; head < heads(); ++head) {
    size_t values = 0;
    out[head].sequences.reserve(sequences);
    for (size_t i = 0; i < sequences; ++i) {
      const PoolingParams& wanted = params[i * heads() + head];
      const auto at = static_cast<int32_t>(i);
      const auto tokens = static_cast<uint32_t>(batch.start(at + 1) - batch.start(at));
      if (auto possible = poolers_[head].check(wanted, tokens); !possible) return fail(possible.error());
      PooledRow row = poolers_[head].shape(wanted, tokens);
      row.first = values;
      values += size_t{row.rows} * row.dim;
      out[head].sequences.push_back(row);
    }
    out[head].values.resize(values);
  }
  return out;
}

Result<std::vector<PooledRows>> Runner::run(const PackedTokens& batch, std::span<const PoolingParams> params) {
  if (auto possible = check_tokens(encoder_->config(), batch); !possible) return fail(possible.error());
  auto out = lay_out(batch, params);
  if (!out || batch.sequences() == 0) return out;
  try {
    device_->run(batch, [&](ExecutionContext& context, const LanePart& part) {
      Workspace::Scope scope(context.workspace());
      const Tensor hidden =
          context.workspace().take(DType::float32, {part.tokens.tokens(), encoder_->config().hidden_size});
      encoder_->forward(context, part.tokens, hidden);
      const auto first = static_cast<size_t>(part.first_sequence);
      for (size_t head = 0; head < heads(); ++head)
        poolers_[head].run(context, part.tokens, hidden, params.subspan(first * heads() + head), heads(), (*out)[head],
                           first);
    });
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::device_oom, fmt::format("{}: out of memory on a batch of {} tokens in {} sequences",
                                                   device_->info().name, batch.tokens(), batch.sequences()));
  } catch (const std::exception& e) {
    return fail(ErrorCode::device_fault, fmt::format("{}: {}", device_->info().name, e.what()));
  }
  return out;
}

}  // namespace weir
