#include "actors/runtime.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "actors/stages.hpp"
#include "actors/supervisor.hpp"
#include "base/log.hpp"

namespace weir {
namespace {

caf::actor_system_config& configure(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", static_cast<size_t>(std::max(1u, std::thread::hardware_concurrency())));
  config.set("scheduler.max-throughput", size_t{5});  // a tokenizer with a long queue must not hold up a sink
  return config;
}

const InputPlan* input_of(const StagePlan& stage) {
  if (const auto* kafka = std::get_if<KafkaSourcePlan>(&stage.options)) return &kafka->input;
  if (const auto* file = std::get_if<FileSourcePlan>(&stage.options)) return &file->input;
  return nullptr;
}

double realtime_share(const Plan& plan) {
  const bool both = std::any_of(plan.stages.begin(), plan.stages.end(), [](const StagePlan& stage) {
    const auto* input = input_of(stage);
    return input != nullptr && input->lane == Lane::realtime;
  });
  if (!both) return 0;
  double share = 0;
  for (const auto& stage : plan.stages)
    if (const auto* batcher = std::get_if<BatcherPlan>(&stage.options))
      share = std::max(share, batcher->realtime_share);
  return share;
}

}  // namespace

struct Runtime::State {
  explicit State(const RuntimeParts& parts)
      : plan(*parts.plan),
        parts(parts),
        build{
            .system = system,
            .plan = plan,
            .models = *parts.models,
            .metrics = *parts.metrics,
            .clock = *parts.clock,
            .sink_options = [this](const StagePlan& sink) { return this->parts.streams->sink_options(sink); },
            .finished = [this](SourceId id,
                               std::vector<Finished> batch) { flows[id.value]->delivery->finished(std::move(batch)); },
            .repriced = [this](SourceId id,
                               std::vector<Repriced> batch) { flows[id.value]->delivery->repriced(std::move(batch)); },
            .actors = {},
            .pricing = {},
            .facts = {}} {}

  // One source with everything that its delivery thread drives.
  struct Flow {
    int stage = 0;
    SourceParts parts;
    std::vector<std::vector<caf::actor>> tokenizers;  // per tokenizer stage under it: the replicas
    std::vector<std::shared_ptr<const Pricing>> pricing;
    std::vector<caf::actor> sinks;
    size_t turn = 0;  // of the replicas
    std::unique_ptr<Delivery> delivery;
    std::thread thread;
  };

  static DeliveryOptions delivery_options(const Plan& plan, const Flow& flow);
  static int64_t estimate(const Flow& flow, const Job& job);
  Result<void> open_flows();
  Result<void> wire_flows();
  void supervise();
  void run_flow(Flow& flow);
  void emit(Flow& flow, const JobChunkPtr& jobs) const;
  void ended(Result<void> how);
  void stop_actors();

  const Plan& plan;
  RuntimeParts parts;
  std::optional<Budget> budget;  // when the sources' queues are known
  caf::actor_system_config config;
  caf::actor_system system{configure(config)};
  StageBuild build;
  std::vector<std::unique_ptr<Flow>> flows;  // by SourceId
  caf::actor supervisor;

  std::mutex mutex;
  std::condition_variable changed;
  size_t running = 0;
  std::optional<Error> failure;
};

DeliveryOptions Runtime::State::delivery_options(const Plan& plan, const Flow& flow) {
  const auto& stage = plan.stages[static_cast<size_t>(flow.stage)];
  const auto& input = *input_of(stage);
  DeliveryOptions options;
  options.lane = input.lane;
  options.branches = static_cast<uint16_t>(flow.sinks.size());
  options.max_in_flight = plan.delivery.max_in_flight;
  options.skip_tombstones = input.tombstones == Tombstones::skip;
  options.until_end_of_topic = input.until_end_of_topic || std::holds_alternative<FileSourcePlan>(stage.options);
  options.drain_limit = plan.delivery.drain_timeout;
  options.breaker_window = plan.delivery.breaker_window;
  options.breaker_share = plan.delivery.breaker_share;
  return options;
}

int64_t Runtime::State::estimate(const Flow& flow, const Job& job) {
  int64_t bytes = 0;
  for (const auto& pricing : flow.pricing) bytes += pricing->estimate(job);
  return bytes;
}

Result<void> Runtime::State::open_flows() {
  for (size_t i = 0; i < plan.stages.size(); ++i) {
    if (input_of(plan.stages[i]) == nullptr) continue;
    auto flow = std::make_unique<Flow>();
    flow->stage = static_cast<int>(i);
    std::vector<const StagePlan*> sinks;
    for (int sink : plan.stages[i].sinks) sinks.push_back(&plan.stages[static_cast<size_t>(sink)]);
    auto opened = parts.streams->open_source(SourceId{static_cast<uint16_t>(flows.size())}, plan.stages[i], sinks);
    if (!opened) return fail(std::move(opened.error()));
    flow->parts = std::move(*opened);
    flows.push_back(std::move(flow));
  }
  return {};
}

Result<void> Runtime::State::wire_flows() {
  int64_t queues = 0;
  for (const auto& flow : flows) queues += flow->parts.queue_bytes;
  budget.emplace(std::max(plan.memory_limit - queues, plan.memory_limit / 4), realtime_share(plan));
  for (auto& flow : flows) {
    const auto& stage = plan.stages[static_cast<size_t>(flow->stage)];
    for (int tokenizer : stage.to) {
      flow->tokenizers.push_back(build.actors[static_cast<size_t>(tokenizer)]);
      flow->pricing.push_back(build.pricing[static_cast<size_t>(tokenizer)]);
    }
    flow->sinks = sinks_of(build, flow->stage);
    DeliveryParts made{.info = flow->parts.info,
                       .source = *flow->parts.source,
                       .committer = *flow->parts.committer,
                       .budget = *budget,
                       .clock = *parts.clock,
                       .decode = flow->parts.decode,
                       .estimate = [&flow = *flow](const Job& job) { return estimate(flow, job); },
                       .emit = [this, &flow = *flow](const JobChunkPtr& jobs) { emit(flow, jobs); },
                       .metrics = parts.metrics};
    flow->delivery = std::make_unique<Delivery>(delivery_options(plan, *flow), std::move(made));
  }
  return {};
}

// On the delivery thread: what has no need of a model goes straight to the sinks, the rest to the tokenizers in turn.
void Runtime::State::emit(Flow& flow, const JobChunkPtr& jobs) const {
  size_t done = 0;
  for (const auto& job : jobs->jobs) done += job.error >= 0 || job.input == JobInput::tombstone ? 1 : 0;
  if (done > 0) {
    for (size_t sink = 0; sink < flow.sinks.size(); ++sink) {
      auto chunk = std::make_shared<OutcomeChunk>();
      chunk->jobs = jobs;
      chunk->dead_letter = sink == 0 ? DeadLetter::write : DeadLetter::skip;
      for (uint32_t i = 0; i < jobs->jobs.size(); ++i) {
        const Job& job = jobs->jobs[i];
        if (job.error < 0 && job.input != JobInput::tombstone) continue;
        auto& outcome = chunk->outcomes.emplace_back();
        outcome.job = i;
        outcome.stage = jobs->source->stage;
        if (job.error >= 0) outcome.error = jobs->errors[static_cast<size_t>(job.error)];
      }
      caf::anon_send(flow.sinks[sink], OutcomesReady{std::move(chunk)});
    }
  }
  if (done == jobs->jobs.size()) return;
  ++flow.turn;
  for (const auto& replicas : flow.tokenizers) {
    const auto& replica = replicas[flow.turn % replicas.size()];
    if (jobs->lane == Lane::realtime) {
      caf::anon_send<caf::message_priority::high>(replica, JobsArrived{jobs});
    } else {
      caf::anon_send(replica, JobsArrived{jobs});
    }
  }
}

void Runtime::State::supervise() {
  std::map<caf::actor_id, std::string> names;
  std::vector<caf::actor> watched;
  for (size_t stage = 0; stage < build.actors.size(); ++stage)
    for (const auto& actor : build.actors[stage]) {
      names[actor.id()] = plan.stages[stage].name;
      watched.push_back(actor);
    }
  supervisor = weir::start<Supervisor>(system, std::move(names), std::move(watched), [this](const std::string& what) {
    log_error("stage_died", {{"what", what}});
    ended(fail(ErrorCode::fatal, what));
  });
}

void Runtime::State::run_flow(Flow& flow) {
  Result<void> how;
  try {
    how = flow.delivery->run();
  } catch (const std::exception& e) {
    how = fail(ErrorCode::fatal, fmt::format("delivery thread of {}: {}", flow.parts.info->stage, e.what()));
  }
  {
    std::lock_guard lock(mutex);
    --running;
  }
  ended(std::move(how));
}

void Runtime::State::ended(Result<void> how) {
  std::lock_guard lock(mutex);
  if (!how && !failure) failure = std::move(how.error());
  changed.notify_all();
}

void Runtime::State::stop_actors() {
  stop(supervisor);
  supervisor = nullptr;
  // From the source to the sinks: whatever is still on its way falls on stages that are there.
  for (auto& replicas : build.actors) {
    for (auto& actor : replicas) stop(actor);
    replicas.clear();
  }
  for (auto& flow : flows) {
    flow->tokenizers.clear();
    flow->sinks.clear();
  }
  system.await_all_actors_done();  // a sink in the middle of a chunk still talks to its delivery
}

Runtime::Runtime(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<Runtime>> Runtime::start(const RuntimeParts& parts) {
  auto runtime = std::unique_ptr<Runtime>(new Runtime(std::make_unique<State>(parts)));
  auto& state = *runtime->state_;
  // Models first: they take longest to fail, and no broker should see us join a group before we can work.
  if (auto done = spawn_stages(state.build); !done) return fail(std::move(done.error()));
  if (auto done = state.open_flows(); !done) return fail(std::move(done.error()));
  if (auto done = state.wire_flows(); !done) return fail(std::move(done.error()));
  state.supervise();
  state.running = state.flows.size();
  for (auto& flow : state.flows) flow->thread = std::thread([&state, &flow = *flow] { state.run_flow(flow); });
  return runtime;
}

Runtime::~Runtime() {
  auto& state = *state_;
  for (auto& flow : state.flows) {
    if (!flow->thread.joinable()) continue;
    flow->delivery->stop();
    flow->delivery->stop();  // whoever wanted a drain has waited for it
    flow->thread.join();
  }
  state.stop_actors();
}

Result<bool> Runtime::wait(Duration limit) {
  auto& state = *state_;
  std::unique_lock lock(state.mutex);
  const auto over = [&state] { return state.failure.has_value() || state.running == 0; };
  if (limit == Duration::zero()) {
    state.changed.wait(lock, over);
  } else {
    state.changed.wait_for(lock, limit, over);
  }
  if (state.failure) return fail(*state.failure);
  return state.running == 0;
}

void Runtime::drain() {
  for (auto& flow : state_->flows) flow->delivery->stop();
}

std::vector<DeliveryStatus> Runtime::status() const {
  std::vector<DeliveryStatus> all;
  for (const auto& flow : state_->flows) all.push_back(flow->delivery->status());
  return all;
}

}  // namespace weir
