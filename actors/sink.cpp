#include "actors/sink.hpp"

#include <algorithm>
#include <utility>

#include "actors/metrics.hpp"

namespace weir {

SinkStage::SinkStage(caf::actor_config& config, SinkParts parts)
    : Stage(config), records_(std::move(parts.records)), finished_(std::move(parts.finished)) {
  if (parts.metrics == nullptr) return;
  results_ = parts.metrics->counter(metric::sink_outcomes, {{"stage", parts.stage}, {"kind", "result"}});
  failures_ = parts.metrics->counter(metric::sink_outcomes, {{"stage", parts.stage}, {"kind", "failure"}});
}

caf::behavior SinkStage::make_behavior() {
  return {[this](const OutcomesReady& ready) {
    const auto& chunk = *ready.outcomes;
    auto finished = records_.make(chunk);
    const auto failed =
        std::count_if(finished.begin(), finished.end(), [](const Finished& f) { return f.failure.has_value(); });
    results_.add(static_cast<double>(finished.size()) - static_cast<double>(failed));
    failures_.add(static_cast<double>(failed));
    finished_(chunk.jobs->source->id, std::move(finished));
  }};
}

void SinkStage::let_go() { finished_ = nullptr; }

}  // namespace weir
