#include "actors/gpu_worker.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "actors/metrics.hpp"

namespace weir {

GpuWorker::GpuWorker(caf::actor_config& config, GpuWorkerParts parts) : Stage(config), parts_(std::move(parts)) {
  if (parts_.metrics == nullptr) return;
  const Labels labels{{"stage", parts_.stage}};
  tokens_ = parts_.metrics->counter(metric::worker_tokens, labels);
  sequences_ = parts_.metrics->counter(metric::worker_sequences, labels);
  batches_ = parts_.metrics->counter(metric::worker_batches, labels);
  busy_seconds_ = parts_.metrics->counter(metric::worker_busy_seconds, labels);
  batch_tokens_ = parts_.metrics->histogram(metric::batch_tokens, labels);
}

caf::behavior GpuWorker::make_behavior() {
  auto opened = parts_.open();  // on this thread: the device belongs to it
  if (!opened) throw std::runtime_error(opened.error().message);
  compute_ = std::move(*opened);
  for (int i = 0; i < 2; ++i) send(parts_.batcher, WorkerReady{id()});
  return {[this](const RunCut& work) { run(work); }};
}

void GpuWorker::run(const RunCut& work) {
  const auto begin = std::chrono::steady_clock::now();
  auto heads = compute_(*work.cut);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (heads && heads->size() != parts_.poolers.size())
    heads = fail(ErrorCode::internal,
                 fmt::format("the device returned {} heads for {} poolers", heads->size(), parts_.poolers.size()));
  if (!heads) {
    send(parts_.batcher, CutFailed{id(), work.number, heads.error()});
  } else {
    tokens_.add(work.cut->tokens);
    sequences_.add(static_cast<double>(work.cut->rows.size()));
    batches_.add();
    batch_tokens_.observe(work.cut->tokens);
    for (size_t head = 0; head < heads->size(); ++head) send(parts_.poolers[head], CutPooled{work.cut, (*heads)[head]});
    send(parts_.batcher, CutDone{id(), work.number, seconds});
  }
  busy_seconds_.add(seconds);
  send(parts_.batcher, WorkerReady{id()});
}

void GpuWorker::let_go() {
  parts_.batcher = nullptr;
  parts_.poolers.clear();
  parts_.open = nullptr;
  compute_ = nullptr;
}

}  // namespace weir
