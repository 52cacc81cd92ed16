#include "actors/pooler.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir {

PoolerStage::PoolerStage(caf::actor_config& config, PoolerParts parts)
    : Stage(config), parts_(std::move(parts)), joining_(parts_.model, parts_.head, parts_.stage) {}

caf::behavior PoolerStage::make_behavior() {
  return {
      [this](const CutPooled& pooled) {
        send_outcomes(joining_.add(*pooled.cut, {pooled.rows->values, pooled.rows->sequences}, out_));
      },
      [this](const RowsFailed& failed) { send_outcomes(joining_.fail(*failed.failures, out_)); },
  };
}

void PoolerStage::send_outcomes(Result<void> joined) {
  // Rows that do not match their jobs: no outcome may be trusted, the process ends and offsets see to the rest.
  if (!joined) throw std::runtime_error(joined.error().message);
  for (auto& chunk : out_) {
    for (size_t sink = 1; sink < parts_.sinks.size(); ++sink) {
      auto copy = chunk;
      if (std::any_of(chunk->outcomes.begin(), chunk->outcomes.end(),
                      [](const Outcome& o) { return o.error.has_value(); })) {
        auto closing = std::make_shared<OutcomeChunk>(*chunk);
        closing->dead_letter = DeadLetter::skip;
        copy = std::move(closing);
      }
      send(parts_.sinks[sink], OutcomesReady{std::move(copy)});
    }
    send(parts_.sinks[0], OutcomesReady{std::move(chunk)});
  }
  out_.clear();
}

void PoolerStage::let_go() { parts_.sinks.clear(); }

}  // namespace weir
