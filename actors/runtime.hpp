#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/compute.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/metrics.hpp"
#include "messages/job.hpp"
#include "pipeline/delivery/delivery.hpp"
#include "pipeline/delivery/out_records.hpp"
#include "pipeline/delivery/ports.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir {

// The concrete parts of one source stage.
struct SourceParts {
  std::shared_ptr<const SourceInfo> info;
  std::unique_ptr<Source> source;
  std::unique_ptr<Committer> committer;
  DecodeFn decode;
  int64_t queue_bytes = 0;  // that its client may hold beside the Budget: taken off memory.limit
};

// How the runtime gets at the outside world: app implements it over kafka/, files/ and messages/; tests and benchmarks
// over fakes.
class StreamPort {
 public:
  virtual ~StreamPort() = default;
  // `sinks` are the sink stages under this source: what its committer has to write.
  virtual Result<SourceParts> open_source(SourceId id, const StagePlan& source,
                                          const std::vector<const StagePlan*>& sinks) = 0;
  // How outcomes become records of this sink.
  virtual OutRecordOptions sink_options(const StagePlan& sink) = 0;
};

struct RuntimeParts {
  const Plan* plan = nullptr;  // outlives the runtime
  StreamPort* streams = nullptr;
  ModelPort* models = nullptr;
  Metrics* metrics = nullptr;
  const Clock* clock = nullptr;
};

// A running dataflow: its actors, and one delivery thread per source. Owned by app, used from one thread but for
// `drain`, `abort` and `status`. Starting checks everything that can fail before the first record is read.
class Runtime {
 public:
  static Result<std::unique_ptr<Runtime>> start(const RuntimeParts& parts);
  ~Runtime();  // stops what still runs, actors in the order of the stream

  // Waits until every source came to its end or was drained (ok), or until something failed that cannot be mended.
  // `limit` zero: without one. False: still running.
  Result<bool> wait(Duration limit);

  // Stop reading, finish, commit, leave. A second call gives up what is unfinished: it will be read again. From any
  // thread.
  void drain();

  // Of every source, in the order of the plan. From any thread.
  std::vector<DeliveryStatus> status() const;

 private:
  struct State;
  explicit Runtime(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace weir
