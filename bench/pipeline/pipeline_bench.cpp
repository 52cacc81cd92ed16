// What the stream costs beside the model, on a real Kafka that this program starts (its own CPU time is not counted:
// the broker is another process).
//
//   weir_pipeline_bench null [RECORDS]    null device: 350-byte JSON in, 384 floats as FlatBuffers out; CPU
//   microseconds a record of
//                                         the whole process, without tokenizing. Goal 5, floor 10.
//   weir_pipeline_bench model [RECORDS]   all-MiniLM-L6-v2: CPU seconds a record, Kafka to Kafka, over those of the
//   model loop on the
//                                         very batches of that run. Goal 1.05.
#include <cstdlib>
#include <mutex>
#include <string>

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
          fill_topic(broker.plaintext(), input, records,
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
  if (auto done = fill_topic(broker.plaintext(), input, records,
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

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "--help";
  const size_t records = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  weir::log_setup(weir::LogLevel::warn, weir::LogFormat::text);
  if (what == "null" || what == "model") weir::print_machine();
  if (what == "null") return weir::null_device(records ? records : 1'000'000);
  if (what == "model") return weir::model_loop(records ? records : 2'000);
  fmt::print("usage: weir_pipeline_bench null|model [RECORDS]; the top of the source says what is measured\n");
  return what == "--help" ? 0 : 64;
}
