#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/protocol.hpp"
#include "actors/stage.hpp"
#include "pipeline/flow/joining.hpp"

namespace weir {

struct PoolerParts {
  std::string_view stage;  // its name in the YAML; outlives all outcomes (the plan owns it)
  std::shared_ptr<const ModelFacts> model;
  uint32_t head = 0;  // which of its tokenizer's poolers it is
  std::vector<caf::actor> sinks;
};

// The host half of a pooler: joins the rows of each job into its outcome. (The device half ran on the worker's thread.)
class PoolerStage final : public Stage {
 public:
  PoolerStage(caf::actor_config& config, PoolerParts parts);
  caf::behavior make_behavior() override;

 private:
  void let_go() override;
  void send_outcomes(Result<void> joined);

  PoolerParts parts_;
  Joining joining_;
  std::vector<OutcomeChunkPtr> out_;
};

}  // namespace weir
