#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/spec/load.hpp"
#include "pipeline/spec/section.hpp"
#include "pipeline/spec/stage_shapes.hpp"

namespace weir {

struct StageReference {
  std::string name;
  Place at;
};

// A stage as written, before the graph is known. `kind` is null when `actor:` is wrong (reported).
struct StageDraft {
  std::string name;
  Place at;
  const StageShape* kind = nullptr;
  const StageShape* meant = nullptr;       // the same, or what it seems to be: its options are checked as such
  std::shared_ptr<const Section> options;  // the stages of one `actor: model` share theirs; null when `meant` is
  std::vector<StageReference> from;        // more than one has been refused by name
  StagePlanOptions plan;
};

// The file's `kafka:`, which Kafka stages inherit.
struct KafkaDefaults {
  const YamlNode* node = nullptr;  // null when the file has none
  KafkaProperties properties;
};

// Reads `dataflow:`: every stage checked against the option table, `actor: model` expanded into its four stages
// (`x.tokenizer`, `x.batcher`, `x.gpu_worker` and `x`, which is the pooler and what others read). `models` resolves the
// names of models.
std::vector<StageDraft> read_stages(const YamlNode& dataflow, const std::vector<ModelPlan>& models,
                                    const KafkaDefaults& kafka, const SpecContext& context, ErrorList& errors);

// At most 64 letters, digits, `_`, `-` and `.`, beginning with a letter: names are metric labels.
bool is_plain_name(std::string_view name);

// The fields that a stage and a model's `pooler:` share. `task` is left alone.
PoolerPlan read_pooler(const Section& section, ErrorList& errors);

}  // namespace weir
