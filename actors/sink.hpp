#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/protocol.hpp"
#include "actors/stage.hpp"
#include "base/metrics.hpp"
#include "pipeline/delivery/inbox.hpp"
#include "pipeline/delivery/out_records.hpp"

namespace weir {

struct SinkParts {
  std::string stage;  // its name in the YAML
  OutRecordOptions records;
  std::function<void(SourceId, std::vector<Finished>)> finished;  // to the delivery thread of the jobs' source
  Metrics* metrics = nullptr;
};

// Encodes outcomes into the records that they cause. Writes nothing itself: the committer of the source does, so that
// outputs and offsets can go together.
class SinkStage final : public Stage {
 public:
  SinkStage(caf::actor_config& config, SinkParts parts);
  caf::behavior make_behavior() override;

 private:
  void let_go() override;

  OutRecords records_;
  std::function<void(SourceId, std::vector<Finished>)> finished_;
  Counter results_, failures_;
};

}  // namespace weir
