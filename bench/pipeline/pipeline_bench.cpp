// What the stream costs beside the model, on a real Kafka that this program starts (its own CPU time is not counted:
// the broker is another process).
//
//   weir_pipeline_bench null [RECORDS]    null device: 350-byte JSON in, 384 floats as FlatBuffers out; CPU
//   microseconds a record of
//                                         the whole process, without tokenizing. Goal 5, floor 10.
//   weir_pipeline_bench model [RECORDS]   all-MiniLM-L6-v2: CPU seconds a record, Kafka to Kafka, over those of the
//   model loop on the
//                                         very batches of that run. Goal 1.05.
//   weir_pipeline_bench memory [RECORDS [PARTITIONS [SECONDS]]]
//                                         null device, records of 20 B to 64 KiB; half way the broker is stopped for
//                                         SECONDS. Exits 1 when resident memory is not flat: maximum of the last
//                                         quarter over that of the second above 1.02, or more than 5 % between any two
//                                         moments of the stop but for its first 5 seconds.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "actors/local_models.hpp"
#include "base/log.hpp"
#include "bench/pipeline/null_models.hpp"
#include "bench/pipeline/stream_run.hpp"
#include "device/cpu/cpu_device.hpp"
#include "pooling/read_facts.hpp"
#include "tests/golden/golden.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/documents.hpp"

namespace weir {
namespace {

// LocalModels, but every cut is kept, so that the same batches can be run again without the stream.
class RecordingModels final : public ModelPort {
 public:
  Result<std::shared_ptr<const Tokenizer>> open_tokenizer(const ModelPlan& model) override {
    return local_.open_tokenizer(model);
  }
  Result<ModelFacts> facts(const ModelPlan& model, const PoolerPlan& pooler) override {
    return local_.facts(model, pooler);
  }
  Result<RunCutFn> open_worker(const ModelPlan& model, const GpuWorkerPlan& worker, const WorkerHeads& heads) override {
    auto compute = local_.open_worker(model, worker, heads);
    if (!compute) return compute;
    return [this, compute = std::move(*compute)](const Cut& cut) {
      {
        std::lock_guard lock(mutex_);
        cuts_.push_back(cut);
      }
      return compute(cut);
    };
  }
  uint32_t auto_tokens(const GpuWorkerPlan& worker) override { return local_.auto_tokens(worker); }
  std::vector<Cut> take() { return std::move(cuts_); }

 private:
  LocalModels local_;
  std::mutex mutex_;
  std::vector<Cut> cuts_;
};

void print_machine() {
  auto cpu = open_cpu({.threads = 1});
  if (cpu) fmt::print("cpu: {}, {}, {} usable cores\n", (*cpu)->info().model, (*cpu)->info().isa, usable_cores());
}

int complain(const Error& error) {
  fmt::print(stderr, "pipeline_bench: {}\n", error.message);
  return 1;
}

int null_device(size_t records) {
  auto& broker = test::Broker::instance();
  const auto input = broker.create_topic("bench-in", 4);
  const std::string filler(300, 'x');
  if (auto done =
          fill_topic(broker.plaintext(), input, 4, records,
                     [&](size_t i) { return fmt::format(R"({{"id":"doc-{:08}","text":"{:.{}}"}})", i, filler, 300); });
      !done)
    return complain(done.error());
  NullModels models;
  StreamRun run;
  run.servers = broker.plaintext();
  run.input = input;
  run.model.name = "null";
  run.model.facts = NullModels::null_facts();
  run.models = &models;
  for (int round = 1; round <= 3; ++round) {
    run.output = broker.create_topic("bench-out", 4, {{"retention.bytes", "268435456"}});
    run.group = broker.unique_name("bench");
    const auto cost = run_stream(run);
    if (!cost) return complain(cost.error());
    fmt::print("null device, round {}: {} records, {:.2f} us of CPU a record, {:.0f} records/s (goal 5 us, floor 10)\n",
               round, records, cost->cpu / static_cast<double>(records) * 1e6,
               static_cast<double>(records) / cost->elapsed);
  }
  return 0;
}

int model_loop(size_t records) {
  auto& broker = test::Broker::instance();
  const auto input = broker.create_topic("bench-in", 4);
  const auto texts = test::descriptions(records, 100'000);
  if (auto done = fill_topic(broker.plaintext(), input, 4, records,
                             [&](size_t i) {
                               std::string text;
                               for (char c : texts[i % texts.size()])
                                 text += c == '"' || c == '\\' || c < ' ' ? ' ' : c;
                               return fmt::format(R"({{"id":"doc-{}","text":"{}"}})", i, text);
                             });
      !done)
    return complain(done.error());
  RecordingModels models;
  StreamRun run;
  run.servers = broker.plaintext();
  run.input = input;
  run.model.name = "minilm";
  run.model.path = golden::minilm_dir();
  run.model.task = Task::embed;
  auto facts = read_model_facts(run.model.path);
  if (!facts) return complain(facts.error());
  run.model.facts = *facts;
  run.models = &models;
  for (int round = 1; round <= 3; ++round) {
    run.output = broker.create_topic("bench-out", 4);
    run.group = broker.unique_name("bench");
    const auto cost = run_stream(run);
    if (!cost) return complain(cost.error());
    const auto cuts = models.take();
    auto compute = LocalModels().open_worker(run.model, {"minilm", {"cpu"}, 0, 10}, {{0}, {{}}});
    if (!compute) return complain(compute.error());
    (void)(*compute)(cuts.front());
    const double begin = cpu_seconds();
    uint64_t tokens = 0;
    for (const auto& cut : cuts) {
      if (auto rows = (*compute)(cut); !rows) return complain(rows.error());
      tokens += cut.tokens;
    }
    const double loop = cpu_seconds() - begin;
    fmt::print(
        "round {}: {} records, {} tokens in {} batches; CPU seconds: Kafka to Kafka {:.2f}, model loop {:.2f}, ratio "
        "{:.3f} (goal "
        "1.05); {:.0f} tokens/s\n",
        round, records, tokens, cuts.size(), cost->cpu, loop, cost->cpu / loop,
        static_cast<double>(tokens) / cost->elapsed);
  }
  return 0;
}

double resident_mib() {
  std::ifstream in("/proc/self/statm");
  double size = 0;
  double resident = 0;
  in >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

// Samples of resident memory over the run, and the stop in its middle.
struct MemoryWatch {
  test::Broker& broker;
  size_t records;
  std::chrono::seconds stop;
  double quarters[4] = {};
  double stop_low = 0, stop_high = 0;
  bool stopped = false, resumed = false;
  std::chrono::steady_clock::time_point since{};

  void look(const std::vector<DeliveryStatus>& sources) {
    const double now = resident_mib();
    const uint64_t durable = sources.front().durable;
    const size_t quarter = std::min<size_t>(durable * 4 / records, 3);
    quarters[quarter] = std::max(quarters[quarter], now);
    const auto clock = std::chrono::steady_clock::now();
    if (stop.count() > 0 && !stopped && durable >= records / 2) {
      broker.freeze();
      stopped = true;
      since = clock;
    }
    if (!stopped || resumed) return;
    if (clock - since > std::chrono::seconds(5)) {
      stop_low = stop_low == 0 ? now : std::min(stop_low, now);
      stop_high = std::max(stop_high, now);
    }
    if (clock - since > stop) {
      broker.thaw();
      resumed = true;
    }
  }
};

int memory(size_t records, int32_t partitions, std::chrono::seconds stop) {
  auto& broker = test::Broker::instance();
  const auto input = broker.create_topic("memory-in", partitions);
  // Written by a child, so that nothing of it is in our memory.
  const pid_t child = fork();
  if (child == 0) {
    uint64_t state = 1;
    const auto made = fill_topic(broker.plaintext(), input, partitions, records, [&state](size_t i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      const double u = static_cast<double>(state >> 11) / static_cast<double>(1ull << 53);
      const auto size = static_cast<size_t>(20 * std::exp(u * u * u * std::log(65'536.0 / 20)));
      return fmt::format(R"({{"id":"{}","text":"{:x<{}}"}})", i, "", size);
    });
    _exit(made ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return complain({ErrorCode::io_error, "the topic could not be filled"});

  NullModels models;
  StreamRun run;
  run.servers = broker.plaintext();
  run.input = input;
  run.output = broker.create_topic("memory-out", 4, {{"retention.bytes", "268435456"}});
  run.model.name = "null";
  run.model.facts = NullModels::null_facts();
  run.models = &models;
  run.memory_limit = 256ll << 20;
  bool flat = true;
  for (const auto seconds : {std::chrono::seconds(0), stop}) {
    run.group = broker.unique_name("memory");
    MemoryWatch watch{broker, records, seconds};
    run.watch = [&watch](const std::vector<DeliveryStatus>& sources) { watch.look(sources); };
    const auto cost = run_stream(run);
    if (!cost) return complain(cost.error());
    const double growth = watch.quarters[3] / watch.quarters[1];
    const double spread = watch.stop_low > 0 ? watch.stop_high / watch.stop_low : 1;
    fmt::print(
        "memory: {} records, {} partitions, memory.limit 256 MiB, {:.0f} s; resident MiB by quarter {:.0f} {:.0f} "
        "{:.0f} {:.0f}",
        records, partitions, cost->elapsed, watch.quarters[0], watch.quarters[1], watch.quarters[2], watch.quarters[3]);
    if (seconds.count() == 0) {
      fmt::print(", last over second {:.3f} (at most 1.02)\n", growth);
      flat = flat && growth <= 1.02;
    } else {
      fmt::print("; broker stopped for {} s: {:.0f} to {:.0f} MiB, ratio {:.3f} (at most 1.05)\n", seconds.count(),
                 watch.stop_low, watch.stop_high, spread);
      flat = flat && watch.resumed && spread <= 1.05;
    }
  }
  return flat ? 0 : 1;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "--help";
  const size_t records = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  weir::log_setup(weir::LogLevel::warn, weir::LogFormat::text);
  if (what == "null" || what == "model") weir::print_machine();
  if (what == "null") return weir::null_device(records ? records : 1'000'000);
  if (what == "model") return weir::model_loop(records ? records : 2'000);
  if (what == "memory")
    return weir::memory(records ? records : 1'000'000, argc > 3 ? std::atoi(argv[3]) : 4,
                        std::chrono::seconds(argc > 4 ? std::atoi(argv[4]) : 60));
  fmt::print("usage: weir_pipeline_bench null|model|memory [RECORDS]; the top of the source says what is measured\n");
  return what == "--help" ? 0 : 64;
}
