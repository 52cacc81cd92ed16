// The main job on a real Kafka, as separate processes: nothing missing, nothing mixed up, whatever ends them.
#include <cmath>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "actors/local_models.hpp"
#include "kafka/client.hpp"
#include "pooling/read_facts.hpp"
#include "tests/golden/golden.hpp"
#include "tests/golden/temp_dir.hpp"
#include "tests/golden/tiny_bert.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/process.hpp"
#include "tests/integration/stream_check.hpp"

namespace weir::test {
namespace {

using std::chrono::seconds;

constexpr int32_t partitions = 4;
constexpr size_t longest_text = 400;  // bytes, so never more than the tiny model's 512 tokens
const auto run_limit = seconds(240);

size_t records() {
  const char* count = std::getenv("WEIR_STREAM_RECORDS");  // the sanitizer run takes fewer
  return count != nullptr ? std::strtoul(count, nullptr, 10) : 50'000;
}

// `tests/integration/run --full` reads with the real model.
bool real_model() {
  const char* model = std::getenv("WEIR_STREAM_MODEL");
  return model != nullptr && std::string_view(model) == "minilm";
}

// What the model makes of a text by itself, in a batch of its own.
class Alone {
 public:
  explicit Alone(const std::string& model) {
    ModelPlan plan;
    plan.name = "tiny";
    plan.path = model;
    plan.task = Task::embed;
    LocalModels models;
    auto facts = models.facts(plan, {});
    auto tokenizer = models.open_tokenizer(plan);
    auto compute = models.open_worker(plan, {"tiny", {"cpu"}, 1, 10}, {{0}, {{}}});
    if (!facts || !tokenizer || !compute) throw std::runtime_error(model + " cannot be opened");
    limit_ = facts->max_tokens.value;
    tokenizer_ = *tokenizer;
    compute_ = *compute;
  }

  std::vector<float> vector(const std::string& text) {
    auto chunk = std::make_shared<SequenceChunk>();
    TokenBuffer tokens;
    std::vector<Piece> pieces;
    EncodeOptions options;
    options.max_tokens = limit_;
    if (!tokenizer_->encode(text, std::nullopt, options, scratch_, tokens, pieces)) return {};
    chunk->ids = tokens.ids;
    Sequence sequence;
    sequence.count = pieces[0].count;
    chunk->sequences = {sequence};
    chunk->pooling = {{Task::embed, true, 0}};
    Cut cut;
    cut.rows = {{chunk, 0}};
    cut.tokens = sequence.count;
    auto rows = compute_(cut);
    return rows ? rows->front()->values : std::vector<float>();
  }

 private:
  uint32_t limit_ = 0;
  std::shared_ptr<const Tokenizer> tokenizer_;
  RunCutFn compute_;
  Scratch scratch_;
};

// The input topic, written once for all tests, and the tiny model that reads it.
struct World {
  Broker& broker = Broker::instance();
  golden::TempDir dir;
  std::filesystem::path model = dir.path() / "tiny";
  std::vector<Input> inputs = make_inputs(records(), partitions, longest_text);
  std::string topic = broker.create_topic("documents", partitions);
  std::map<std::string, std::vector<float>> alone;  // by key, of as many inputs as there is time for

  World() {
    if (real_model()) {
      model = golden::minilm_dir();
    } else {
      golden::TinyBertOptions options;
      options.max_seq_length = 512;
      options.vocabulary = golden::minilm_dir();
      if (auto done = golden::write_tiny_bert(model, options); !done) throw std::runtime_error(done.error().message);
    }
    auto writer = kafka::RecordWriter::open(broker.properties(), seconds(30));
    if (!writer) throw std::runtime_error(writer.error().message);
    for (const auto& input : inputs) {
      const Header type{"content-type", input.content_type};
      OutRecord record;
      record.topic = topic;
      record.key = input.key;
      record.value = input.value;
      record.headers = {&type, 1};
      if (auto done = (*writer)->write(record, input.partition); !done) throw std::runtime_error(done.error().message);
    }
    if (auto done = (*writer)->flush(seconds(60)); !done) throw std::runtime_error(done.error().message);
    Alone reference(model.string());
    const size_t count = real_model() ? std::min<size_t>(inputs.size(), 300) : inputs.size();
    for (size_t i = 0; i < count; ++i)
      if (inputs[i].good) alone[inputs[i].key] = reference.vector(inputs[i].text);
  }

  static World& instance() {
    static World world;
    return world;
  }
};

// One group reading the input into topics of its own.
class StreamTest : public testing::Test {
 protected:
  World& world_ = World::instance();
  golden::TempDir dir_;
  std::string group_ = world_.broker.unique_name("group");
  std::string output_ = world_.broker.create_topic("embeddings", partitions);
  std::string letters_ = world_.broker.create_topic("letters", partitions);
  LagWatch watch_{world_.broker.properties()};
  int started_ = 0;

  std::filesystem::path config(bool until_end) {
    return dir_.write("stream.yaml", fmt::format(R"(
name: stream-test
kafka:
  bootstrap.servers: {}
  session.timeout.ms: 6000
  heartbeat.interval.ms: 500
models:
  tiny: {{path: {}, task: embed}}
dataflow:
  documents:  {{actor: kafka_source, topics: [{}], group: {}, format: json{}}}
  tokens:     {{actor: tokenizer, from: documents, model: tiny, long_text: reject, replicas: 2}}
  batches:    {{actor: batcher, from: tokens}}
  hidden:     {{actor: gpu_worker, from: batches, model: tiny}}
  vectors:    {{actor: pooler, from: hidden}}
  embeddings: {{actor: kafka_sink, from: vectors, topic: {}, format: flatbuffers}}
delivery: {{dead_letter_topic: {}, commit_interval: 100ms}}
memory: {{limit: 64MiB}}
)",
                                                 world_.broker.plaintext(), world_.model.string(), world_.topic, group_,
                                                 until_end ? ", until: end_of_topic" : "", output_, letters_));
  }

  std::unique_ptr<Process> weir(bool until_end) {
    return std::make_unique<Process>(std::vector<std::string>{WEIR_PROGRAM, "run", config(until_end).string()},
                                     std::map<std::string, std::string>{}, log(started_++));
  }
  std::filesystem::path log(int number) const { return dir_.path() / fmt::format("weir-{}.log", number); }

  int64_t lag() { return watch_.lag(group_, world_.topic); }
  int64_t total() const { return static_cast<int64_t>(world_.inputs.size()); }
  bool await_lag(int64_t at_most) {
    return eventually(run_limit, [&] { return lag() <= at_most; });
  }

  StreamResult check() {
    auto result = read_result(world_.broker.properties(), output_, letters_);
    for (const auto& complaint : complaints(world_.inputs, result)) ADD_FAILURE() << complaint;
    EXPECT_EQ(result.out_of_order, 0u);
    EXPECT_EQ(lag(), 0);
    compare_with_alone(result);
    return result;
  }

  // Every vector is that of its own text, whatever batch it was computed in.
  void compare_with_alone(const StreamResult& result) const {
    for (const auto& [key, expected] : world_.alone) {
      const auto found = result.vectors.find(key);
      ASSERT_NE(found, result.vectors.end()) << key;
      ASSERT_EQ(found->second.size(), expected.size()) << key;
      for (size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(found->second[i], expected[i], 1e-6) << key;
    }
  }
};

TEST_F(StreamTest, a_plain_run_gives_every_record_one_outcome) {
  auto run = weir(true);
  ASSERT_EQ(run->wait(real_model() ? seconds(3600) : run_limit), 0) << run->output();
  EXPECT_EQ(check().repeated(), 0u);
}

TEST_F(StreamTest, sigterm_in_the_middle_loses_and_repeats_nothing) {
  auto first = weir(false);
  ASSERT_TRUE(await_lag(total() * 9 / 10)) << first->output();
  first->signal(SIGTERM);
  ASSERT_EQ(first->wait(seconds(60)), 0) << first->output();
  const auto left = lag();
  EXPECT_GT(left, 0) << "it was not in the middle";
  auto second = weir(true);
  ASSERT_EQ(second->wait(run_limit), 0) << second->output();
  const auto result = check();
  EXPECT_EQ(result.repeated(), 0u);
}

TEST_F(StreamTest, sigkill_in_the_middle_loses_nothing) {
  auto first = weir(false);
  ASSERT_TRUE(await_lag(total() * 9 / 10)) << first->output();
  first->signal(SIGKILL);
  EXPECT_EQ(first->wait(seconds(10)), 128 + SIGKILL);
  EXPECT_GT(lag(), 0) << "it was not in the middle";
  auto second = weir(true);
  ASSERT_EQ(second->wait(run_limit), 0) << second->output();
  const auto result = check();
  RecordProperty("repeated", static_cast<int>(result.repeated()));
  fmt::print("after SIGKILL {} of {} outcomes came twice\n", result.repeated(), world_.inputs.size());
  EXPECT_LT(result.repeated(), world_.inputs.size() / 2) << "commits come too seldom";
}

TEST_F(StreamTest, of_two_instances_one_leaves) {
  auto first = weir(false);
  auto second = weir(false);
  ASSERT_TRUE(await_lag(total() * 9 / 10)) << first->output() << second->output();
  first->signal(SIGTERM);
  ASSERT_EQ(first->wait(seconds(60)), 0) << first->output();
  ASSERT_TRUE(await_lag(0)) << second->output();
  second->signal(SIGTERM);
  ASSERT_EQ(second->wait(seconds(60)), 0) << second->output();
  const auto result = check();
  EXPECT_EQ(result.repeated(), 0u);
}

}  // namespace
}  // namespace weir::test
