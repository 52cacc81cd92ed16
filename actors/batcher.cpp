#include "actors/batcher.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "actors/metrics.hpp"
#include "base/log.hpp"

namespace weir {
namespace {

constexpr auto restart_window = std::chrono::minutes(1);

double squares(const Cut& cut) {
  double sum = 0;
  for (const auto& [chunk, row] : cut.rows) {
    const double count = chunk->sequences[row].count;
    sum += count * count;
  }
  return sum;
}

}  // namespace

Batcher::Batcher(caf::actor_config& config, BatcherParts parts)
    : Stage(config), parts_(std::move(parts)), batching_(parts_.realtime_share, parts_.attempts) {
  if (parts_.metrics == nullptr) return;
  const Labels labels{{"stage", parts_.stage}};
  restart_count_ = parts_.metrics->counter(metric::worker_restarts, {{"stage", parts_.worker_stage}});
  queue_tokens_ = parts_.metrics->gauge(metric::queue_tokens, labels);
  backlog_seconds_ = parts_.metrics->gauge(metric::backlog_seconds, labels);
}

caf::behavior Batcher::make_behavior() {
  for (uint32_t index = 0; index < parts_.workers; ++index) start_worker(index);
  return {
      [this](const SequencesReady& arrived) {
        batching_.add(arrived.sequences);
        pump();
      },
      [this](const WorkerReady& ready) {
        if (!workers_.contains(ready.worker)) return;
        ready_.push_back(ready.worker);
        pump();
      },
      [this](const CutDone& done) {
        const auto worker = workers_.find(done.worker);
        if (worker == workers_.end()) return;  // a late answer of a worker that was given up
        const auto cut = worker->second.running.extract(done.number);
        if (!cut.empty()) cost_.observe(cut.mapped()->tokens, squares(*cut.mapped()), done.seconds);
      },
      [this](const CutFailed& failure) { failed(failure); },
  };
}

void Batcher::start_worker(uint32_t index) {
  auto handle = parts_.spawn_worker(*this, index);
  monitor(handle);
  const auto id = handle.id();
  workers_.emplace(id, Worker{std::move(handle), index, {}});
}

void Batcher::pump() {
  std::vector<SequenceFailure> expired;
  for (size_t asked = ready_.size(); asked > 0 && !batching_.empty(); --asked) {
    const auto id = ready_.front();
    auto& worker = workers_.at(id);
    auto cut = batching_.cut({.now_unix_ms = parts_.clock->unix_ms(),
                              .tokens = parts_.max_tokens,
                              .max_sequences = parts_.max_sequences,
                              .worker = static_cast<int32_t>(worker.index),
                              .only_worker = workers_.size() == 1},
                             expired);
    ready_.pop_front();
    if (cut.rows.empty()) {
      ready_.push_back(id);  // nothing for this one now
      continue;
    }
    auto shared = std::make_shared<const Cut>(std::move(cut));
    worker.running.emplace(++numbers_, shared);
    send(worker.handle, RunCut{numbers_, std::move(shared)});
  }
  report(expired);
  const auto backlog = batching_.backlog();
  queue_tokens_.set(static_cast<double>(backlog.tokens));
  backlog_seconds_.set(cost_.seconds(backlog, parts_.max_tokens) /
                       static_cast<double>(std::max<size_t>(workers_.size(), 1)));
}

void Batcher::failed(const CutFailed& failure) {
  const auto worker = workers_.find(failure.worker);
  if (worker == workers_.end()) return;
  auto cut = worker->second.running.extract(failure.number);
  if (cut.empty()) return;
  log_warn("batch_failed", {{"stage", parts_.worker_stage},
                            {"sequences", cut.mapped()->rows.size()},
                            {"attempt", cut.mapped()->attempt + 1},
                            {"code", to_string(failure.error.code)},
                            {"reason", failure.error.message}});
  std::vector<SequenceFailure> given_up;
  batching_.failed(Cut(*cut.mapped()), failure.error, given_up);
  report(given_up);
  pump();
}

void Batcher::on_down(caf::actor_id who, const caf::error& reason) {
  auto lost = workers_.extract(who);
  if (lost.empty()) return;
  const auto now = parts_.clock->now();
  restarts_.push_back(now);
  while (now - restarts_.front() > restart_window) restarts_.pop_front();
  const auto why = caf::to_string(reason);
  log_error("worker_died",
            {{"stage", parts_.worker_stage}, {"restarts_in_a_minute", restarts_.size()}, {"reason", why}});
  if (restarts_.size() > parts_.restarts) {
    on_stop();
    quit(caf::make_error(caf::sec::runtime_error,
                         fmt::format("stage {}: its workers died {} times within a minute, last of: {}",
                                     parts_.worker_stage, restarts_.size(), why)));
    return;
  }
  std::erase(ready_, who);
  // What waited in its mailbox goes back as it was; what it computed counts as one failed attempt, so that a batch that
  // kills every worker is taken apart instead of being tried for ever.
  auto& running = lost.mapped().running;
  std::vector<SequenceFailure> given_up;
  for (auto at = running.rbegin(); at != running.rend(); ++at) {
    if (std::next(at) == running.rend()) {
      batching_.failed(Cut(*at->second), Error{ErrorCode::device_fault, "the device's worker died: " + why}, given_up);
    } else {
      batching_.requeue(Cut(*at->second));
    }
  }
  restart_count_.add();
  start_worker(lost.mapped().index);
  report(given_up);
  pump();
}

void Batcher::report(std::vector<SequenceFailure>& failures) {
  if (failures.empty()) return;
  const RowsFailed message{std::make_shared<const std::vector<SequenceFailure>>(std::move(failures))};
  for (const auto& pooler : parts_.poolers) send(pooler, message);
  failures.clear();
}

void Batcher::on_stop() {
  for (auto& [id, worker] : workers_) stop(worker.handle);
}

void Batcher::let_go() {
  workers_.clear();
  parts_.poolers.clear();
  parts_.spawn_worker = nullptr;
}

}  // namespace weir
