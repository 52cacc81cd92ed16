#include "bench/pipeline/stream_run.hpp"

#include <chrono>
#include <sys/resource.h>

#include <fmt/format.h>

#include "app/streams.hpp"
#include "kafka/client.hpp"

namespace weir {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

namespace {

Plan plan_of(const StreamRun& run) {
  Plan plan;
  plan.name = "bench";
  plan.kafka = {{"bootstrap.servers", run.servers}};
  plan.memory_limit = run.memory_limit;
  plan.models = {run.model};
  KafkaSourcePlan source;
  source.topics = {run.input};
  source.group = run.group;
  source.input.until_end_of_topic = true;
  source.properties = plan.kafka;
  TokenizerPlan tokenizer;
  tokenizer.model = run.model.name;
  tokenizer.replicas = 2;
  GpuWorkerPlan worker;
  worker.model = run.model.name;
  worker.devices = {"cpu"};
  KafkaSinkPlan sink;
  sink.topic = run.output;
  sink.output.format = RecordFormat::flatbuffers;
  sink.properties = plan.kafka;
  const std::vector<std::pair<const char*, StagePlanOptions>> stages{{"documents", source},      {"tokens", tokenizer},
                                                                     {"batches", BatcherPlan{}}, {"hidden", worker},
                                                                     {"vectors", PoolerPlan{}},  {"out", sink}};
  const auto last = static_cast<int>(stages.size()) - 1;
  for (int i = 0; i <= last; ++i) {
    StagePlan stage;
    stage.name = stages[static_cast<size_t>(i)].first;
    stage.options = stages[static_cast<size_t>(i)].second;
    stage.from = i - 1;
    if (i < last) stage.to = {i + 1};
    stage.sinks = {last};
    plan.stages.push_back(std::move(stage));
  }
  return plan;
}

}  // namespace

Result<StreamCost> run_stream(const StreamRun& run) {
  const Plan plan = plan_of(run);
  Metrics metrics;
  SystemClock clock;
  Streams streams(plan, metrics, clock);
  auto runtime = Runtime::start({&plan, &streams, run.models, &metrics, &clock});
  if (!runtime) return fail(std::move(runtime.error()));
  const double cpu = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    auto ended = (*runtime)->wait(std::chrono::milliseconds(50));
    if (!ended) return fail(std::move(ended.error()));
    if (*ended) break;
    if (run.watch) run.watch((*runtime)->status());
  }
  return StreamCost{cpu_seconds() - cpu,
                    std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()};
}

Result<void> fill_topic(const std::string& servers, const std::string& topic, int32_t partitions, size_t count,
                        const std::function<std::string(size_t)>& make) {
  auto writer = kafka::RecordWriter::open({{"bootstrap.servers", servers}}, std::chrono::seconds(30));
  if (!writer) return fail(std::move(writer.error()));
  for (size_t i = 0; i < count; ++i) {
    const auto value = make(i);
    const auto key = fmt::format("doc-{}", i);
    OutRecord record;
    record.topic = topic;
    record.key = key;
    record.value = value;
    if (auto done = (*writer)->write(record, static_cast<int32_t>(i % static_cast<size_t>(partitions))); !done)
      return done;
  }
  return (*writer)->flush(std::chrono::seconds(120));
}

}  // namespace weir
