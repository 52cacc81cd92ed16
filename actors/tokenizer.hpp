#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/protocol.hpp"
#include "actors/sequencing.hpp"
#include "actors/stage.hpp"
#include "base/metrics.hpp"

namespace weir {

struct TokenizerStageParts {
  std::string stage;  // its name in the YAML; failures carry it
  std::shared_ptr<const Tokenizer> tokenizer;
  std::shared_ptr<const SequencingOptions> options;
  std::vector<caf::actor> batchers;
  std::vector<caf::actor> sinks;  // all under this stage: failures go there at once
  // What tokenizing taught about the memory that each job costs; called once a chunk.
  std::function<void(const SequenceChunk&)> reprice;
  Metrics* metrics = nullptr;
};

// One replica of a tokenizer stage: jobs in, sequences out.
class TokenizerStage final : public Stage {
 public:
  TokenizerStage(caf::actor_config& config, TokenizerStageParts parts);
  caf::behavior make_behavior() override;

 private:
  void let_go() override;
  void run(const JobChunkPtr& jobs);

  TokenizerStageParts parts_;
  Sequencer sequencer_;
  Counter jobs_, tokens_, dropped_;
};

}  // namespace weir
