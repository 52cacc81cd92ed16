#include "actors/tokenizer.hpp"

#include <utility>

#include "actors/failures.hpp"
#include "actors/metrics.hpp"

namespace weir {

TokenizerStage::TokenizerStage(caf::actor_config& config, TokenizerStageParts parts)
    : Stage(config), parts_(std::move(parts)), sequencer_(parts_.tokenizer, parts_.options) {
  if (parts_.metrics == nullptr) return;
  const Labels labels{{"stage", parts_.stage}};
  jobs_ = parts_.metrics->counter(metric::tokenizer_jobs, labels);
  tokens_ = parts_.metrics->counter(metric::tokenizer_tokens, labels);
  dropped_ = parts_.metrics->counter(metric::tokenizer_dropped, labels);
}

caf::behavior TokenizerStage::make_behavior() {
  return {[this](const JobsArrived& arrived) { run(arrived.jobs); }};
}

void TokenizerStage::run(const JobChunkPtr& jobs) {
  auto out = std::make_shared<SequenceChunk>();
  std::vector<Sequencer::Failure> failures;
  sequencer_.run(jobs, *out, failures);

  uint64_t dropped = 0;
  for (const auto& sequence : out->sequences) dropped += sequence.dropped;
  jobs_.add(static_cast<double>(jobs->jobs.size()));
  tokens_.add(static_cast<double>(out->ids.size()));
  dropped_.add(static_cast<double>(dropped));

  send_failures(*this, parts_.sinks, jobs, failures, parts_.stage);
  if (out->sequences.empty()) return;
  if (parts_.reprice) parts_.reprice(*out);
  const SequencesReady ready{std::move(out)};
  for (const auto& batcher : parts_.batchers) {
    if (jobs->lane == Lane::realtime) {
      send<caf::message_priority::high>(batcher, ready);
    } else {
      send(batcher, ready);
    }
  }
}

void TokenizerStage::let_go() {
  parts_.batchers.clear();
  parts_.sinks.clear();
  parts_.reprice = nullptr;
}

}  // namespace weir
