#pragma once

#include "pipeline/spec/load.hpp"
#include "pipeline/spec/section.hpp"
#include "pipeline/spec/stages.hpp"

namespace weir {

// A model as written. `options` and `pooler` are null when the mapping is missing or no mapping.
struct ModelDraft {
  Place at;  // of its name
  std::shared_ptr<const Section> options;
  std::shared_ptr<const Section> pooler;
};

// Reads `models:`: each checked against the option table, its ModelPlan still without facts.
std::vector<ModelPlan> read_models(const YamlNode& models, std::vector<ModelDraft>& drafts, const SpecContext& context,
                                   ErrorList& errors);

// Asks the probe for the facts of each model and checks everything that depends on them: tasks, poolers, dimensions,
// prompts, token budgets. Models that the probe refuses are reported with its message.
void check_models(std::vector<ModelPlan>& models, const std::vector<ModelDraft>& model_drafts,
                  const std::vector<StageDraft>& stages, const SpecContext& context, ErrorList& errors);

// The stage's own fields over those of its model.
PoolerPlan merge(const PoolerPlan& stage, const ModelPlan& model);

}  // namespace weir
