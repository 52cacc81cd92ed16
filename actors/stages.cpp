#include "actors/stages.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/batcher.hpp"
#include "actors/gpu_worker.hpp"
#include "actors/pooler.hpp"
#include "actors/sink.hpp"
#include "actors/tokenizer.hpp"
#include "pooling/request.hpp"

namespace weir {
namespace {

const StagePlan& plan_of(const StageBuild& build, int stage) { return build.plan.stages[static_cast<size_t>(stage)]; }

const ModelPlan& model_of(const StageBuild& build, const std::string& name) {
  return *std::find_if(build.plan.models.begin(), build.plan.models.end(),
                       [&](const ModelPlan& m) { return m.name == name; });
}

std::vector<caf::actor> actors_of(const StageBuild& build, const std::vector<int>& stages) {
  std::vector<caf::actor> all;
  for (int stage : stages) {
    const auto& replicas = build.actors[static_cast<size_t>(stage)];
    all.insert(all.end(), replicas.begin(), replicas.end());
  }
  return all;
}

// The pooler stages under a stage, in the order in which the tokenizer above numbers them.
void collect_poolers(const StageBuild& build, int stage, std::vector<int>& poolers) {
  if (std::holds_alternative<PoolerPlan>(plan_of(build, stage).options)) {
    poolers.push_back(stage);
    return;
  }
  for (int next : plan_of(build, stage).to) collect_poolers(build, next, poolers);
}

std::vector<int> poolers_under(const StageBuild& build, int stage) {
  std::vector<int> poolers;
  collect_poolers(build, stage, poolers);
  return poolers;
}

// The tokenizer above a stage.
int tokenizer_above(const StageBuild& build, int stage) {
  while (!std::holds_alternative<TokenizerPlan>(plan_of(build, stage).options)) stage = plan_of(build, stage).from;
  return stage;
}

const InputPlan& input_of(const StageBuild& build, int stage) {
  while (plan_of(build, stage).from >= 0) stage = plan_of(build, stage).from;
  const auto& options = plan_of(build, stage).options;
  if (const auto* kafka = std::get_if<KafkaSourcePlan>(&options)) return kafka->input;
  return std::get<FileSourcePlan>(options).input;
}

Result<void> spawn_nothing(StageBuild&, int) { return {}; }  // sources have a thread, workers belong to their batcher

Result<void> spawn_sink(StageBuild& build, int stage) {
  SinkParts parts;
  parts.stage = plan_of(build, stage).name;
  parts.records = build.sink_options(plan_of(build, stage));
  parts.finished = build.finished;
  parts.metrics = &build.metrics;
  build.actors[static_cast<size_t>(stage)] = {start<SinkStage>(build.system, std::move(parts))};
  return {};
}

Result<void> spawn_pooler(StageBuild& build, int stage) {
  const auto& plan = plan_of(build, stage);
  const int tokenizer = tokenizer_above(build, stage);
  const auto heads = poolers_under(build, tokenizer);
  const auto& model = model_of(build, std::get<TokenizerPlan>(plan_of(build, tokenizer).options).model);
  auto facts = build.models.facts(model, std::get<PoolerPlan>(plan.options));
  if (!facts) return fail(std::move(facts.error()));
  build.facts[static_cast<size_t>(stage)] = std::make_shared<const ModelFacts>(std::move(*facts));
  PoolerParts parts;
  parts.stage = plan.name;
  parts.model = build.facts[static_cast<size_t>(stage)];
  parts.head = static_cast<uint32_t>(std::find(heads.begin(), heads.end(), stage) - heads.begin());
  parts.sinks = sinks_of(build, stage);
  build.actors[static_cast<size_t>(stage)] = {start<PoolerStage>(build.system, std::move(parts))};
  return {};
}

Result<void> spawn_batcher(StageBuild& build, int stage) {
  const auto& plan = plan_of(build, stage);
  const auto& options = std::get<BatcherPlan>(plan.options);
  const int worker_stage = plan.to.front();  // spec sees to it that there is exactly one
  const auto& worker_plan = plan_of(build, worker_stage);
  const auto& worker = std::get<GpuWorkerPlan>(worker_plan.options);
  const auto heads = poolers_under(build, tokenizer_above(build, stage));
  const auto& model = model_of(build, worker.model);

  WorkerHeads own;
  for (int pooler : poolers_under(build, stage)) {
    own.indices.push_back(static_cast<uint32_t>(std::find(heads.begin(), heads.end(), pooler) - heads.begin()));
    own.poolers.push_back(std::get<PoolerPlan>(plan_of(build, pooler).options));
  }
  // Opened once before anything runs, so that a model that cannot be loaded is an error of the start.
  // The first worker gets it.
  auto opened = build.models.open_worker(model, worker, own);
  if (!opened) return fail(std::move(opened.error()));
  auto first = std::make_shared<RunCutFn>(std::move(*opened));

  BatcherParts parts;
  parts.stage = plan.name;
  parts.worker_stage = worker_plan.name;
  parts.max_tokens = options.max_tokens != 0 ? options.max_tokens : build.models.auto_tokens(worker);
  parts.max_sequences = options.max_sequences;
  parts.realtime_share = options.realtime_share;
  parts.attempts = build.plan.delivery.attempts;
  parts.restarts = worker.restarts;
  parts.poolers = actors_of(build, poolers_under(build, stage));
  parts.clock = &build.clock;
  parts.metrics = &build.metrics;
  parts.spawn_worker = [&models = build.models, &model, &worker, own, name = worker_plan.name, poolers = parts.poolers,
                        metrics = &build.metrics, first](Stage& host, uint32_t) {
    GpuWorkerParts made;
    made.stage = name;
    made.batcher = caf::actor_cast<caf::actor>(&host);
    made.poolers = poolers;
    made.open = [&models, &model, &worker, own, first]() -> Result<RunCutFn> {
      if (*first) return std::exchange(*first, nullptr);
      return models.open_worker(model, worker, own);
    };
    made.metrics = metrics;
    return start<GpuWorker, caf::detached>(host, std::move(made));
  };
  build.actors[static_cast<size_t>(stage)] = {start<Batcher>(build.system, std::move(parts))};
  return {};
}

std::string prompt_of(const InputPlan& input, const ModelFacts& facts) {
  if (!input.prompt.empty()) return input.prompt;
  return std::string(find_prompt(facts, input.prompt_name).value_or(""));  // the spec checked the name
}

Pricing::Branch branch_of(const ModelFacts& facts, const OutputPlan& output) {
  const Task task = facts.tasks.empty() ? Task::embed : facts.tasks.front();
  Pricing::Branch branch;
  branch.per_token = is_per_token(task);
  const auto pooler = facts.poolers.find(task);
  branch.dim = pooler == facts.poolers.end() ? facts.output_size : std::max(pooler->second.width, 1u);
  branch.bytes_per_value =
      output.format != RecordFormat::flatbuffers && output.vector_encoding == VectorEncoding::numbers
          ? 12u
          : static_cast<uint32_t>(size_of(output.vector_type));
  return branch;
}

Result<void> spawn_tokenizer(StageBuild& build, int stage) {
  const auto& plan = plan_of(build, stage);
  const auto& options = std::get<TokenizerPlan>(plan.options);
  const auto& model = model_of(build, options.model);
  auto tokenizer = build.models.open_tokenizer(model);
  if (!tokenizer) return fail(std::move(tokenizer.error()));

  auto sequencing = std::make_shared<SequencingOptions>();
  std::vector<Pricing::Branch> branches;
  for (int pooler : poolers_under(build, stage)) {
    const auto& facts = build.facts[static_cast<size_t>(pooler)];
    sequencing->heads.push_back(facts);
    for (int sink : plan_of(build, pooler).sinks) {
      const auto& sink_options = plan_of(build, sink).options;
      const auto* kafka = std::get_if<KafkaSinkPlan>(&sink_options);
      branches.push_back(branch_of(*facts, kafka ? kafka->output : std::get<FileSinkPlan>(sink_options).output));
    }
  }
  sequencing->names = model.aliases;
  sequencing->names.insert(sequencing->names.begin(), model.name);
  sequencing->only = model.task;
  sequencing->long_text = options.long_text;
  sequencing->side =
      options.truncate_side.value_or(sequencing->facts().truncate_start.value ? Truncate::start : Truncate::end);
  sequencing->prompt = prompt_of(input_of(build, stage), sequencing->facts());
  auto pricing = std::make_shared<const Pricing>(std::move(branches), sequencing->facts().max_tokens.value);
  build.pricing[static_cast<size_t>(stage)] = pricing;

  for (uint32_t replica = 0; replica < options.replicas; ++replica) {
    TokenizerStageParts parts;
    parts.stage = plan.name;
    parts.tokenizer = *tokenizer;
    parts.options = sequencing;
    parts.batchers = actors_of(build, plan.to);
    parts.sinks = sinks_of(build, stage);
    parts.metrics = &build.metrics;
    parts.reprice = [pricing, repriced = build.repriced](const SequenceChunk& chunk) {
      repriced(chunk.jobs->source->id, pricing->corrections(chunk));
    };
    build.actors[static_cast<size_t>(stage)].push_back(start<TokenizerStage>(build.system, std::move(parts)));
  }
  return {};
}

constexpr std::array kinds{
    StageKind{"kafka_source", spawn_nothing}, StageKind{"file_source", spawn_nothing},
    StageKind{"tokenizer", spawn_tokenizer},  StageKind{"batcher", spawn_batcher},
    StageKind{"gpu_worker", spawn_nothing},   StageKind{"pooler", spawn_pooler},
    StageKind{"kafka_sink", spawn_sink},      StageKind{"file_sink", spawn_sink},
};
static_assert(kinds.size() == std::variant_size_v<StagePlanOptions>);

}  // namespace

std::span<const StageKind> stage_kinds() { return kinds; }

Result<void> spawn_stages(StageBuild& build) {
  const auto count = build.plan.stages.size();
  build.actors.resize(count);
  build.pricing.resize(count);
  build.facts.resize(count);
  for (auto stage = static_cast<int>(count) - 1; stage >= 0; --stage)
    if (auto done = kinds[plan_of(build, stage).options.index()].spawn(build, stage); !done) return done;
  return {};
}

std::vector<caf::actor> sinks_of(const StageBuild& build, int stage) {
  return actors_of(build, plan_of(build, stage).sinks);
}

}  // namespace weir
