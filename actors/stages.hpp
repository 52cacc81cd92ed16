#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "actors/compute.hpp"
#include "actors/pricing.hpp"
#include "actors/protocol.hpp"
#include "actors/stage.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "pipeline/delivery/inbox.hpp"
#include "pipeline/delivery/out_records.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir {

// What spawning the stages of a plan needs and yields. Indices are those of Plan::stages.
struct StageBuild {
  caf::actor_system& system;
  const Plan& plan;
  ModelPort& models;
  Metrics& metrics;
  const Clock& clock;
  std::function<OutRecordOptions(const StagePlan&)> sink_options;
  std::function<void(SourceId, std::vector<Finished>)> finished;
  std::function<void(SourceId, std::vector<Repriced>)> repriced;

  std::vector<std::vector<caf::actor>> actors;           // per stage: its replicas; sources and workers have none here
  std::vector<std::shared_ptr<const Pricing>> pricing;   // per stage: of tokenizers only
  std::vector<std::shared_ptr<const ModelFacts>> facts;  // per stage: of poolers only
};

// A stage kind, as YAML names it, and how its actors are made. Stages are spawned from the sinks upwards, so what a
// stage sends to is there before it is.
struct StageKind {
  std::string_view name;
  Result<void> (*spawn)(StageBuild& build, int stage);
};

// Every stage kind there is; the order is that of StagePlanOptions.
std::span<const StageKind> stage_kinds();

// Spawns every stage of the plan. On an error, whatever was spawned is in `build.actors`.
Result<void> spawn_stages(StageBuild& build);

// The actors of the sinks under a stage.
std::vector<caf::actor> sinks_of(const StageBuild& build, int stage);

}  // namespace weir
