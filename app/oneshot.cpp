// encode, classify, score: a dataflow from stdin or arguments to stdout, made in memory and run by the same runtime.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "actors/local_models.hpp"
#include "app/dataflow.hpp"
#include "app/exit_codes.hpp"
#include "app/outcome_table.hpp"
#include "app/streams.hpp"
#include "app/text_arguments.hpp"
#include "app/verbs.hpp"
#include "base/log.hpp"
#include "messages/decode.hpp"
#include "pooling/read_facts.hpp"

namespace weir {
namespace {

struct OneShotOptions {
  std::string model;
  std::vector<std::string> texts;
  std::string prompt_name;
  bool json = false;
};

// Lines that start with { are JSON jobs, others are texts; what has no id gets its line number.
class LineStreams final : public Streams {
 public:
  using Streams::Streams;

 protected:
  Result<DecodeFn> decoder(const InputPlan& input) const override {
    InputPlan as_text = input;
    as_text.format = RecordFormat::text;
    auto json = Streams::decoder(input);
    auto text = Streams::decoder(as_text);
    if (!json) return json;
    if (!text) return text;
    return [json = std::move(*json), text = std::move(*text)](JobChunk& chunk, Job& job) {
      (job.value && job.value->starts_with('{') ? json : text)(chunk, job);
      if (job.id.empty()) job.id = chunk.arena.copy(std::to_string(job.ticket.offset.value + 1));
    };
  }
};

// The dataflow of one verb. Six stages, as a file would have them.
Plan plan_of(const std::string& dir, Task task, const std::string& prompt_name, const std::string& input,
             const std::string& output) {
  Plan plan;
  plan.name = std::string(to_string(task));
  ModelPlan model;
  model.name = std::filesystem::path(dir).lexically_normal().filename();
  if (model.name.empty()) model.name = std::filesystem::path(dir).lexically_normal().parent_path().filename();
  model.path = dir;
  model.task = task;
  FileSourcePlan source;
  source.path = input;
  source.input.prompt_name = prompt_name;
  FileSinkPlan sink;
  sink.path = output;
  TokenizerPlan tokenizer;
  tokenizer.model = model.name;
  GpuWorkerPlan worker;
  worker.model = model.name;
  worker.devices = {"cpu"};
  plan.models = {model};
  const std::vector<std::pair<const char*, StagePlanOptions>> stages{{"input", source},          {"tokens", tokenizer},
                                                                     {"batches", BatcherPlan{}}, {"hidden", worker},
                                                                     {"rows", PoolerPlan{}},     {"output", sink}};
  for (int i = 0; i < static_cast<int>(stages.size()); ++i) {
    StagePlan stage;
    stage.name = stages[static_cast<size_t>(i)].first;
    stage.options = stages[static_cast<size_t>(i)].second;
    stage.from = i - 1;
    if (i + 1 < static_cast<int>(stages.size())) stage.to = {i + 1};
    stage.sinks = {static_cast<int>(stages.size()) - 1};
    plan.stages.push_back(std::move(stage));
  }
  plan.delivery.breaker_share = 1;  // a person sees each error
  return plan;
}

// A file without a name, for texts that came as arguments and answers that become a table.
class HiddenFile {
 public:
  HiddenFile() : file_(std::tmpfile(), &std::fclose) {}
  explicit operator bool() const { return file_ != nullptr; }
  std::FILE* get() const { return file_.get(); }
  std::string path() const { return fmt::format("/proc/self/fd/{}", fileno(file_.get())); }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

std::string jobs_of(Task task, const std::vector<std::string>& texts) {
  if (task == Task::score) {
    nlohmann::json job{{"id", "1"}, {"query", texts.front()}};
    job["documents"] = std::vector<std::string>(texts.begin() + 1, texts.end());
    return job.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  std::string lines;
  for (size_t i = 0; i < texts.size(); ++i) {
    const nlohmann::json job{{"id", std::to_string(i + 1)}, {"text", texts[i]}};
    lines += job.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  return lines;
}

// What a verb asks of this model: `classify` of one that classifies tokens means that.
Task task_of(Task verb, const std::string& dir) {
  if (verb != Task::classify) return verb;
  const auto facts = read_model_facts(dir);
  return facts && facts->tasks.front() == Task::token_classify ? Task::token_classify : verb;
}

int one_shot(Task verb, const OneShotOptions& options) {
  log_setup(LogLevel::warn, LogFormat::text);
  const Task task = task_of(verb, options.model);
  const auto facts =
      read_model_facts(options.model, {.kinds = {}, .use_activation = {}, .dimensions = {}, .task = task});
  if (!facts) {
    fmt::print(stderr, "weir: {}\n", facts.error().message);
    return exit_code_of(facts.error());
  }
  if (task == Task::score && options.texts.size() == 1) {
    fmt::print(stderr, "weir: score takes a query and at least one document, or JSON lines on stdin\n");
    return exit_usage;
  }
  if (!options.prompt_name.empty() && !facts->prompts.contains(options.prompt_name)) {
    fmt::print(stderr, "weir: --prompt-name: the model has no prompt '{}'\n", options.prompt_name);
    return exit_usage;
  }
  HiddenFile input;
  HiddenFile output;
  if (!input || !output) {
    fmt::print(stderr, "weir: cannot make a temporary file\n");
    return exit_failure;
  }
  std::string source = "-";
  if (!options.texts.empty()) {
    const auto lines = jobs_of(task, options.texts);
    std::fwrite(lines.data(), 1, lines.size(), input.get());
    std::rewind(input.get());
    source = input.path();
  }
  const bool table = !options.json && isatty(STDOUT_FILENO) != 0;
  auto plan = plan_of(options.model, task, options.prompt_name, source, table ? output.path() : "-");
  plan.models[0].facts = *facts;
  Metrics metrics;
  SystemClock clock;
  LocalModels models;
  LineStreams streams(plan, metrics, clock);
  const int code = run_dataflow(plan, streams, models, metrics, clock);
  if (table) print_outcomes(output.get());
  return code;
}

void add_one_shot(CLI::App& app, int& exit_code, Task task, const char* name, const char* text, const char* arguments,
                  const char* example) {
  auto* verb = app.add_subcommand(name, text);
  auto options = std::make_shared<OneShotOptions>();
  verb->add_option("MODEL_DIR", options->model, "Hugging Face model directory")->required();
  add_texts(*verb, options->texts, arguments);
  verb->add_option("--prompt-name", options->prompt_name, "One of the model's prompts (weir inspect lists them)");
  verb->add_flag("--json", options->json, "JSON lines also on a terminal");
  verb->footer(fmt::format(
      "Without TEXT, stdin is read line by line: a line that starts with {{ is a JSON job, any other a text.\n"
      "Prints one JSON outcome a line, on a terminal a table.\nExamples:\n{}",
      example));
  verb->callback([options, task, &exit_code] { exit_code = one_shot(task, *options); });
}

}  // namespace

void add_encode(CLI::App& app, int& exit_code) {
  add_one_shot(app, exit_code, Task::embed, "encode", "Embed texts with a model", "Texts to embed",
               "  weir encode .cache/models/all-MiniLM-L6-v2 \"A man is eating food.\"\n"
               "  cat texts.txt | weir encode .cache/models/all-MiniLM-L6-v2 > vectors.jsonl");
}

void add_classify(CLI::App& app, int& exit_code) {
  add_one_shot(app, exit_code, Task::classify, "classify", "Classify texts, or their tokens, with a model",
               "Texts to classify", "  weir classify models/sentiment \"What a day!\"");
}

void add_score(CLI::App& app, int& exit_code) {
  add_one_shot(
      app, exit_code, Task::score, "score", "Score documents against a query", "The query, then documents",
      "  weir score .cache/models/all-MiniLM-L6-v2 \"how to cook rice\" \"Rice needs water.\" \"Cars need fuel.\"\n"
      "  echo '{\"query\":\"q\",\"documents\":[\"a\",\"b\"]}' | weir score models/reranker");
}

}  // namespace weir
