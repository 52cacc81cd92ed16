#include "actors/failures.hpp"

#include <memory>
#include <utility>

namespace weir {

void send_failures(Stage& from, const std::vector<caf::actor>& sinks, const JobChunkPtr& jobs,
                   const std::vector<Sequencer::Failure>& failures, std::string_view stage) {
  if (failures.empty()) return;
  for (size_t sink = 0; sink < sinks.size(); ++sink) {
    auto chunk = std::make_shared<OutcomeChunk>();
    chunk->jobs = jobs;
    chunk->dead_letter = sink == 0 ? DeadLetter::write : DeadLetter::skip;
    for (const auto& failure : failures) {
      auto& outcome = chunk->outcomes.emplace_back();
      outcome.job = failure.job;
      outcome.error = failure.error;
      outcome.stage = stage;
    }
    from.send(sinks[sink], OutcomesReady{std::move(chunk)});
  }
}

}  // namespace weir
