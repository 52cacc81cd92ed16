// The main job, shown: documents stream from Kafka through a real model to Kafka, then answer questions.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "actors/local_models.hpp"
#include "app/dataflow.hpp"
#include "app/demo_documents.hpp"
#include "app/exit_codes.hpp"
#include "app/kafka_options.hpp"
#include "app/model_probe.hpp"
#include "app/spec_context.hpp"
#include "app/streams.hpp"
#include "app/verbs.hpp"
#include "base/log.hpp"
#include "kafka/admin.hpp"
#include "kafka/client.hpp"
#include "kafka/mock_cluster.hpp"
#include "messages/read_outcome.hpp"

namespace weir {
namespace {

constexpr std::array questions{
    "How do I edit photos?",  "a program to learn to type",       "play chess against the computer",
    "keep my passwords safe", "find out why the network is slow",
};
constexpr size_t answers_shown = 3;
constexpr auto broker_limit = std::chrono::seconds(30);

struct DemoOptions {
  std::string config = "configs/embed.yaml";
  std::string model = ".cache/models/all-MiniLM-L6-v2";
  std::string input;
  std::string kafka;  // empty: the embedded broker
  std::vector<std::string> properties;
  size_t documents = 2000;
};

// What the demo found out at the end.
struct Answers {
  std::map<std::string, std::vector<float>> vectors;  // by id, unit length
  size_t failures = 0;
};

class Demo {
 public:
  explicit Demo(const DemoOptions& options) : options_(options) {}
  int run();

 private:
  Result<void> load();
  Result<void> start_broker();
  Result<void> plan();
  Result<void> produce();
  Result<Answers> read_back() const;
  void answer(const Answers& answers) const;

  const DemoOptions& options_;
  std::vector<DemoDocument> documents_;
  std::unique_ptr<kafka::MockCluster> broker_;
  KafkaProperties kafka_;
  std::string input_topic_ = "documents";
  std::string output_topic_ = "embeddings";
  Plan plan_;
};

std::string question_id(size_t i) { return fmt::format("question {}", i + 1); }

Result<void> Demo::load() {
  // The embedded broker forgets beyond 5 MiB a partition; half of what four hold leaves room for the answers' overhead.
  const int64_t most = options_.kafka.empty() ? 2 * kafka::MockCluster::bytes_per_partition : 0;
  auto read = read_documents(options_.input, options_.documents, most);
  if (!read) return fail(std::move(read.error()));
  documents_ = std::move(*read);
  fmt::print("{} documents from {}\n", documents_.size(), options_.input);
  return {};
}

Result<void> Demo::start_broker() {
  if (!options_.kafka.empty()) {
    kafka_ = KafkaOptions{options_.kafka, options_.properties}.properties();
    // Topics of its own, so that nothing of the user's is touched.
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto suffix = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    input_topic_ = fmt::format("weir-demo-documents-{}", suffix);
    output_topic_ = fmt::format("weir-demo-embeddings-{}", suffix);
    const std::vector<std::string> topics{input_topic_, output_topic_};
    auto made = kafka::require_topics(kafka_, topics, CreateTopics{4, 1}, broker_limit);
    if (!made) return fail(std::move(made.error()));
    fmt::print("Kafka at {}, topics {} and {}\n", options_.kafka, input_topic_, output_topic_);
    return {};
  }
  auto started = kafka::MockCluster::start();
  if (!started) return fail(std::move(started.error()));
  broker_ = std::move(*started);
  const std::vector<std::string> topics{input_topic_, output_topic_, "documents.dlq"};
  if (auto made = broker_->create_topics(topics, 4); !made) return made;
  kafka_ = {{"bootstrap.servers", broker_->bootstrap_servers()}};
  fmt::print("embedded broker at {}\n", broker_->bootstrap_servers());
  return {};
}

Result<void> Demo::plan() {
  auto context = spec_context(model_probe());
  const auto models = std::filesystem::absolute(options_.model).lexically_normal().parent_path().string();
  context.env = [outer = context.env, models, servers = kafka_.at("bootstrap.servers")](std::string_view name) {
    if (name == "KAFKA_BOOTSTRAP_SERVERS") return std::optional(servers);
    if (name == "WEIR_MODELS") return std::optional(models);
    return outer(name);
  };
  auto loaded = load_plan_file(options_.config, context);
  if (!loaded) {
    for (const auto& error : loaded.error()) fmt::print(stderr, "{}\n", to_string(error));
    return fail(ErrorCode::invalid_config, fmt::format("{} cannot be run", options_.config));
  }
  plan_ = std::move(*loaded);
  plan_.http.listen.clear();
  for (auto& stage : plan_.stages) {
    if (auto* source = std::get_if<KafkaSourcePlan>(&stage.options)) {
      source->topics = {input_topic_};
      for (const auto& [name, value] : kafka_) source->properties[name] = value;
      if (!options_.kafka.empty()) source->group = input_topic_;
    } else if (auto* sink = std::get_if<KafkaSinkPlan>(&stage.options)) {
      sink->topic = output_topic_;
      for (const auto& [name, value] : kafka_) sink->properties[name] = value;
    }
  }
  if (!options_.kafka.empty() && !plan_.delivery.dead_letter_topic.empty())
    plan_.delivery.dead_letter_topic = input_topic_ + ".dlq";
  fmt::print("dataflow {} from {}, model {}\n\n", plan_.name, options_.config, options_.model);
  return {};
}

Result<void> Demo::produce() {
  auto writer = kafka::RecordWriter::open(kafka_, broker_limit);
  if (!writer) return fail(std::move(writer.error()));
  const auto write = [&](const std::string& id, const std::string& text) {
    const auto value = job_json(id, text);
    OutRecord record;
    record.topic = input_topic_;
    record.key = id;
    record.value = value;
    return (*writer)->write(record);
  };
  for (const auto& document : documents_)
    if (auto done = write(document.id, document.text); !done) return done;
  for (size_t i = 0; i < questions.size(); ++i)
    if (auto done = write(question_id(i), questions[i]); !done) return done;
  return (*writer)->flush(broker_limit);
}

Result<Answers> Demo::read_back() const {
  auto reader = kafka::RecordReader::open(kafka_, {output_topic_}, broker_limit);
  if (!reader) return fail(std::move(reader.error()));
  Answers answers;
  const auto end = std::chrono::steady_clock::now() + broker_limit;
  for (;;) {
    auto read = (*reader)->read(std::chrono::milliseconds(200), [&answers](const RawRecord& record) {
      if (!record.value) return;
      for (const auto format : {RecordFormat::flatbuffers, RecordFormat::json}) {
        auto outcome = read_outcome(*record.value, format);
        if (!outcome) continue;
        if (!outcome->error_code.empty()) ++answers.failures;
        answers.vectors[outcome->id] = std::move(outcome->values);
        return;
      }
    });
    if (!read) return fail(std::move(read.error()));
    if (*read == 0 && (*reader)->at_end()) return answers;
    if (std::chrono::steady_clock::now() > end)
      return fail(ErrorCode::unavailable, "the output topic could not be read to its end");
  }
}

void Demo::answer(const Answers& answers) const {
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto& question = answers.vectors.at(question_id(i));
    std::vector<std::pair<float, const DemoDocument*>> found;
    for (const auto& document : documents_) {
      const auto vector = answers.vectors.find(document.id);
      if (vector == answers.vectors.end() || vector->second.size() != question.size()) continue;
      float dot = 0;
      for (size_t d = 0; d < question.size(); ++d) dot += question[d] * vector->second[d];
      found.emplace_back(dot, &document);
    }
    const auto shown = std::min(answers_shown, found.size());
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(shown), found.end(),
                      [](const auto& a, const auto& b) { return a.first > b.first; });
    fmt::print("\n\"{}\"\n", questions[i]);
    for (size_t rank = 0; rank < shown; ++rank)
      fmt::print("  {:.3f}  {:<28} {}\n", found[rank].first, found[rank].second->id,
                 first_words(found[rank].second->text, 70));
  }
}

int Demo::run() {
  log_setup(LogLevel::warn, LogFormat::text);
  const auto said = [](const Error& error) {
    fmt::print(stderr, "weir demo: {}\n", error.message);
    return exit_code_of(error);
  };
  if (auto done = load(); !done) return said(done.error());
  if (auto done = start_broker(); !done) return said(done.error());
  if (auto done = plan(); !done) return said(done.error());
  if (auto done = produce(); !done) return said(done.error());
  std::fflush(stdout);

  const size_t records = documents_.size() + questions.size();
  Metrics metrics;
  SystemClock clock;
  LocalModels models;
  Streams streams(plan_, metrics, clock);
  const auto begin = std::chrono::steady_clock::now();
  const int code = run_dataflow(plan_, streams, models, metrics, clock,
                                {.live = true, .done = [records](const std::vector<DeliveryStatus>& sources) {
                                   uint64_t durable = 0;
                                   for (const auto& source : sources) durable += source.durable;
                                   return durable >= records;
                                 }});
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (code != exit_ok) return code;

  const auto answers = read_back();
  if (!answers) return said(answers.error());
  fmt::print("\n{} records in, {} outcomes out, {} of them failures; {:.1f} s with start and end\n", records,
             answers->vectors.size(), answers->failures, seconds);
  if (answers->vectors.size() != records || answers->failures > 0) {
    fmt::print(stderr, "weir demo: the counts differ; was it interrupted?\n");
    return exit_failure;
  }
  fmt::print("\nQuestions, answered by the embeddings in {}:\n", output_topic_);
  answer(*answers);
  return exit_ok;
}

}  // namespace

void add_demo(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("demo", "Stream real documents through a real model and ask them questions");
  auto options = std::make_shared<DemoOptions>();
  verb->add_option("--input", options->input, "Documents: a line is {\"id\": ..., \"text\": ...}")->required();
  verb->add_option("--documents", options->documents, "How many of them")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb->add_option("--model", options->model, "Model directory of an embedding model")->capture_default_str();
  verb->add_option("--config", options->config, "Dataflow to run: one Kafka source, one Kafka sink")
      ->capture_default_str();
  verb->add_option("--kafka", options->kafka, "HOST:PORT of your Kafka instead of the embedded broker");
  verb->add_option("-X", options->properties, "With --kafka: any librdkafka property, NAME=VALUE; repeatable");
  verb->footer(
      "The embedded broker is librdkafka's: it lives in this process and keeps 5 MiB a partition, so it takes "
      "documents up to\n"
      "that size. On your own Kafka the demo makes topics of its own (weir-demo-*) and takes any number.\n"
      "Examples:\n  tools/demo\n  tools/demo --kafka localhost:9092 --documents 50000");
  verb->callback([options, &exit_code] { exit_code = Demo(*options).run(); });
}

}  // namespace weir
