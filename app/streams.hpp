#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/runtime.hpp"
#include "base/metrics.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir {

// Sources and sinks of the real world: Kafka topics and files.
class Streams : public StreamPort {
 public:
  // All outlive it. Dead letters name this process.
  Streams(const Plan& plan, Metrics& metrics, const Clock& clock);

  Result<SourceParts> open_source(SourceId id, const StagePlan& source,
                                  const std::vector<const StagePlan*>& sinks) override;
  OutRecordOptions sink_options(const StagePlan& sink) override;

 protected:
  virtual Result<DecodeFn> decoder(const InputPlan& input) const;

 private:
  Result<SourceParts> open_kafka(const KafkaSourcePlan& source, SourceParts parts,
                                 const std::vector<const StagePlan*>& sinks);
  Result<SourceParts> open_file(const FileSourcePlan& source, SourceParts parts,
                                const std::vector<const StagePlan*>& sinks);

  const Plan& plan_;
  Metrics& metrics_;
  const Clock& clock_;
  const std::string node_;  // this machine
  // What each output topic takes; known once its committer is open, asked for by its sink.
  std::map<std::string, std::shared_ptr<std::atomic<int64_t>>> largest_;
};

}  // namespace weir
