// Whole models against transformers and sentence-transformers (tests/golden), and what a run promises beside numbers.
#include "pooling/runner.hpp"

#include <cmath>
#include <limits>
#include <new>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/cpu/cpu_device.hpp"
#include "models/packed_batch.hpp"
#include "pooling/request.hpp"
#include "tests/golden/golden.hpp"
#include "tests/golden/temp_dir.hpp"

namespace weir {
namespace {

using golden::GoldenCase;
using golden::GoldenPooled;
using golden::GoldenRows;
using golden::GoldenSequence;
using golden::TempDir;
using golden::TinyBertOptions;
using golden::TinyHead;
using testing::HasSubstr;

std::shared_ptr<Device> cpu(int32_t threads = 2) { return open_cpu({threads}).value(); }

std::unique_ptr<Runner> open(const TinyBertOptions& options, std::vector<PoolerOverrides> heads = {{}},
                             std::shared_ptr<Device> device = cpu()) {
  TempDir dir;
  EXPECT_TRUE(golden::write_tiny_bert(dir.path(), options));
  auto runner = Runner::open({dir.path(), {}, std::move(heads)}, std::move(device));
  if (!runner) throw std::runtime_error(runner.error().message);
  return std::move(*runner);
}

PackedBatch pack(const std::vector<GoldenSequence>& sequences) {
  PackedBatch batch;
  batch.clear();
  for (const auto& sequence : sequences) batch.add(sequence.ids, sequence.type_ids);
  return batch;
}

// The one stage's rows of a batch whose sequences all ask the same.
PooledRows run(Runner& runner, const std::vector<GoldenSequence>& sequences, const PoolingParams& params) {
  const auto batch = pack(sequences);
  auto rows = runner.run(batch.view(), std::vector<PoolingParams>(sequences.size(), params));
  if (!rows) throw std::runtime_error(rows.error().message);
  return std::move(rows->front());
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double worst = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    worst = std::max(worst, std::abs(double{a[i]} - double{b[i]}));
  return worst;
}

std::vector<GoldenCase> pooled_cases() {
  auto cases = golden::load_cases("pooling.json");
  for (const char* file : {"heads.json", "prompts.json"})
    for (auto& one : golden::load_cases(file)) cases.push_back(std::move(one));
  return cases;
}

class PoolingGolden : public testing::TestWithParam<GoldenCase> {};

TEST_P(PoolingGolden, rows_are_the_references) {
  for (const bool old_spelling : {false, true}) {
    auto model = GetParam().model;
    model.old_spelling = old_spelling;
    if (old_spelling && model.pooling.size() > 1) continue;  // older releases have their own order, tested apart
    const auto runner = open(model);
    for (const auto& wanted : GetParam().pooled) {
      PoolingRequest request{wanted.params.task, {}, {}, wanted.params.task == Task::score};
      if (!wanted.params.use_activation) request.use_activation = false;  // else as the model's files say
      if (wanted.params.dimensions != 0) request.dimensions = wanted.params.dimensions;
      auto params = resolve_pooling(runner->facts(), request);
      ASSERT_TRUE(params) << params.error().message;
      params->skip = wanted.params.skip;
      const auto rows = run(*runner, GetParam().sequences, *params);
      EXPECT_EQ(rows.sequences.front().dim, wanted.rows.dim);
      EXPECT_LE(distance(rows.values, wanted.rows.values), wanted.rows.tolerance())
          << to_string(wanted.params.task) << ", the reference's own fp32 error is " << wanted.rows.fp32_error;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Pooling, PoolingGolden, testing::ValuesIn(pooled_cases()),
                         [](const auto& info) { return info.param.name; });

TEST(Runner, all_minilm_embeds_texts_as_sentence_transformers_does) {
  const auto golden = golden::load_minilm();
  auto runner = Runner::open({golden::minilm_dir(), {}, {{}}}, cpu());
  ASSERT_TRUE(runner) << runner.error().message;
  const auto rows = run(**runner, golden.sequences, {});
  // 2 x the reference's own fp32 error on these texts would be 3e-7; the gate is 5e-6.
  EXPECT_LE(distance(rows.values, golden.embeddings.values), 1e-6) << golden.embeddings.fp32_error;
  for (const auto& row : rows.sequences) EXPECT_TRUE(row.normalized && row.finite);
}

TEST(Runner, leaves_a_prompt_out_of_pooling_as_sentence_transformers_does) {
  const auto golden = golden::load_minilm_with_a_prompt();
  auto runner = Runner::open({golden::minilm_dir(), {}, {{}}}, cpu());
  ASSERT_TRUE(runner) << runner.error().message;
  const auto rows = run(**runner, golden.sequences, {Task::embed, true, 0, golden.prompt_length});
  EXPECT_LE(distance(rows.values, golden.embeddings.values), 1e-6) << golden.embeddings.fp32_error;
}

std::vector<GoldenSequence> ragged(std::initializer_list<int> lengths) {
  std::vector<GoldenSequence> sequences;
  int32_t id = 0;
  for (int length : lengths) {
    auto& sequence = sequences.emplace_back();
    for (int i = 0; i < length; ++i) sequence.ids.push_back((id = (id * 37 + 11) % 1000));
    sequence.type_ids.assign(static_cast<size_t>(length), 0);
  }
  return sequences;
}

TEST(Runner, a_sequence_gets_the_same_row_whatever_its_neighbours) {
  const auto runner = open({});
  const auto sequences = ragged({1, 512, 17, 3, 1, 200, 64});
  const auto packed = run(*runner, sequences, {});
  auto reversed = sequences;
  std::reverse(reversed.begin(), reversed.end());
  const auto backwards = run(*runner, reversed, {});
  for (size_t i = 0; i < sequences.size(); ++i) {
    const auto alone = run(*runner, {sequences[i]}, {}).values;
    const auto row = [&](const PooledRows& rows, size_t at) {
      const auto* first = rows.values.data() + rows.sequences[at].first;
      return std::vector<float>(first, first + rows.sequences[at].dim);
    };
    EXPECT_LE(distance(alone, row(packed, i)), 1e-6) << i;
    EXPECT_LE(distance(alone, row(backwards, sequences.size() - 1 - i)), 1e-6) << i;
  }
}

// Every sequence asks something else; each must get what it gets when asked alone.
TEST(Runner, a_batch_may_mix_requests) {
  TinyBertOptions options;
  options.matryoshka = {8, 16};
  const auto runner = open(options);
  const auto sequences = ragged({5, 1, 30, 12, 9, 2, 40, 7});
  std::vector<PoolingParams> params;
  for (size_t i = 0; i < sequences.size(); ++i)
    params.push_back({i % 4 == 3   ? Task::token_embed
                      : i % 4 == 1 ? Task::score
                                   : Task::embed,
                      i % 2 == 0, i % 4 == 0 ? 8u : 0u});
  const auto mixed = runner->run(pack(sequences).view(), params);
  ASSERT_TRUE(mixed) << mixed.error().message;
  for (size_t i = 0; i < sequences.size(); ++i) {
    const auto& row = mixed->front().sequences[i];
    const auto alone = run(*runner, {sequences[i]}, params[i]);
    EXPECT_EQ(row.rows, params[i].task == Task::token_embed ? sequences[i].ids.size() : 1u);
    EXPECT_EQ(row.dim, i % 4 == 0 ? 8u : 32u);
    EXPECT_EQ(row.normalized, i % 2 == 0);
    const auto* first = mixed->front().values.data() + row.first;
    EXPECT_LE(distance(alone.values, {first, first + size_t{row.rows} * row.dim}), 2e-6) << i;
  }
}

TEST(Runner, two_stages_give_two_outputs_of_one_pass) {
  PoolerOverrides cls, raw;
  cls.kinds = {PoolerKind::cls};
  raw.use_activation = false;
  const auto runner = open({}, {cls, raw});
  const auto sequences = ragged({4, 9});
  std::vector<PoolingParams> params;
  for (size_t i = 0; i < 2; ++i)
    for (size_t head = 0; head < 2; ++head) params.push_back(resolve_pooling(runner->head_facts(head), {}).value());
  const auto rows = runner->run(pack(sequences).view(), params);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_TRUE((*rows)[0].sequences[0].normalized);
  EXPECT_FALSE((*rows)[1].sequences[0].normalized);
  EXPECT_GT(distance((*rows)[0].values, (*rows)[1].values), 0.1);
  const auto only_cls = open({}, {cls});
  EXPECT_LE(distance((*rows)[0].values, run(*only_cls, sequences, {}).values), 1e-6);
}

TEST(Runner, rows_of_every_token_follow_their_sequence) {
  TinyBertOptions options;
  options.sentence_transformers = false;
  const auto runner = open(options);
  const auto rows = run(*runner, ragged({3, 1, 5}), {Task::token_embed, true, 0});
  ASSERT_EQ(rows.sequences.size(), 3u);
  EXPECT_EQ(rows.sequences[2].first, 4u * 32);
  EXPECT_EQ(rows.sequences[2].rows, 5u);
  for (size_t r = 0; r < 9; ++r) {
    double sum = 0;
    for (size_t c = 0; c < 32; ++c) sum += double{rows.values[r * 32 + c]} * rows.values[r * 32 + c];
    EXPECT_NEAR(sum, 1, 1e-5);
  }
}

// One poisoned embedding row: only the sequences that use the token fail.
TEST(Runner, a_row_that_is_not_finite_fails_alone) {
  TempDir dir;
  TinyBertOptions options;
  ASSERT_TRUE(golden::write_tiny_bert(dir.path(), options));
  auto weights = golden::tiny_bert_weights(options);
  for (size_t c = 0; c < options.hidden; ++c)
    weights[0].values[7 * options.hidden + c] = std::numeric_limits<float>::quiet_NaN();
  ASSERT_TRUE(golden::write_safetensors(dir.path() / "model.safetensors", weights));
  auto runner = Runner::open({dir.path(), {}, {{}}}, cpu(1)).value();
  const auto rows = run(*runner, {{{1, 2}, {0, 0}}, {{1, 7, 2}, {0, 0, 0}}, {{3}, {0}}}, {});
  EXPECT_TRUE(rows.sequences[0].finite);
  EXPECT_FALSE(rows.sequences[1].finite);
  EXPECT_TRUE(rows.sequences[2].finite);
}

TEST(Runner, an_empty_batch_gives_no_rows) {
  const auto runner = open({});
  const auto rows = runner->run(pack({}).view(), {});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_TRUE(rows->front().sequences.empty());
}

TEST(Runner, refuses_what_it_cannot_run) {
  const auto runner = open({});
  const auto complaint = [&](const std::vector<GoldenSequence>& sequences, std::vector<PoolingParams> params) {
    const auto batch = pack(sequences);
    const auto rows = runner->run(batch.view(), params);
    return rows ? std::string("none") : std::string(to_string(rows.error().code)) + ": " + rows.error().message;
  };
  EXPECT_THAT(complaint({{{1000}, {0}}}, {{}}), HasSubstr("invalid_request: sequence 0: token id 1000"));
  EXPECT_THAT(complaint(ragged({513}), {{}}), HasSubstr("invalid_request: sequence 0: 513 tokens, the model has 512"));
  EXPECT_THAT(complaint({{{}, {}}}, {{}}), HasSubstr("invalid_request: sequence 0: has no token"));
  EXPECT_THAT(complaint({{{1}, {0}}}, {}), HasSubstr("internal: 0 pooling parameters for 1 sequences"));
  EXPECT_THAT(complaint({{{1}, {0}}}, {{Task::classify, true, 0}}), HasSubstr("internal: task classify"));
  EXPECT_THAT(complaint({{{1}, {0}}}, {{Task::embed, true, 33}}), HasSubstr("internal: 33 dimensions"));
  EXPECT_THAT(complaint({{{1}, {0}}}, {{Task::embed, true, 0, 1}}), HasSubstr("internal: 1 of 1 tokens"));
}

// A device that fails as devices do: the worker gets an error with a code, the runner stays usable.
class FailingDevice final : public Device {
 public:
  explicit FailingDevice(std::shared_ptr<Device> real) : real_(std::move(real)) {}
  const DeviceInfo& info() const override { return real_->info(); }
  Buffer allocate(size_t bytes) override {
    if (no_memory) throw std::bad_alloc();
    return real_->allocate(bytes);
  }
  void run(const PackedTokens& batch, const LaneFunction& function) override {
    if (no_memory) throw std::bad_alloc();
    if (broken) throw std::runtime_error("fell off the bus");
    real_->run(batch, function);
  }

  bool no_memory = false, broken = false;

 private:
  std::shared_ptr<Device> real_;
};

TEST(Runner, a_failing_device_is_an_error_not_an_exception) {
  const auto device = std::make_shared<FailingDevice>(cpu());
  const auto runner = open({}, {{}}, device);
  const auto sequences = ragged({3});
  const auto batch = pack(sequences);
  const std::vector<PoolingParams> params(1);
  device->no_memory = true;
  EXPECT_EQ(runner->run(batch.view(), params).error().code, ErrorCode::device_oom);
  device->no_memory = false;
  device->broken = true;
  const auto broken = runner->run(batch.view(), params);
  EXPECT_EQ(broken.error().code, ErrorCode::device_fault);
  EXPECT_THAT(broken.error().message, HasSubstr("fell off the bus"));
  device->broken = false;
  EXPECT_TRUE(runner->run(batch.view(), params));

  device->no_memory = true;
  TempDir dir;
  ASSERT_TRUE(golden::write_tiny_bert(dir.path(), {}));
  EXPECT_EQ(Runner::open({dir.path(), {}, {{}}}, device).error().code, ErrorCode::device_oom);
}

TEST(Runner, a_missing_head_is_named) {
  for (const char* victim : {"bert.pooler.dense.weight", "classifier.weight"}) {
    TempDir dir;
    TinyBertOptions options;
    options.head = TinyHead::classify;
    ASSERT_TRUE(golden::write_tiny_bert(dir.path(), options));
    auto weights = golden::tiny_bert_weights(options);
    std::erase_if(weights, [&](const auto& tensor) { return tensor.name == victim; });
    ASSERT_TRUE(golden::write_safetensors(dir.path() / "model.safetensors", weights));
    const auto runner = Runner::open({dir.path(), {}, {{}}}, cpu());
    ASSERT_FALSE(runner);
    EXPECT_THAT(runner.error().message, HasSubstr(std::string("`") + victim + "` is missing"));
  }
}

// A reranker whose head was lost says 0.5 to everything.
TEST(Runner, a_head_of_zeros_is_named) {
  TempDir dir;
  TinyBertOptions options;
  options.head = TinyHead::score;
  ASSERT_TRUE(golden::write_tiny_bert(dir.path(), options));
  auto weights = golden::tiny_bert_weights(options);
  for (auto& tensor : weights)
    if (tensor.name == "classifier.weight") std::fill(tensor.values.begin(), tensor.values.end(), 0.0f);
  ASSERT_TRUE(golden::write_safetensors(dir.path() / "model.safetensors", weights));
  const auto runner = Runner::open({dir.path(), {}, {{}}}, cpu());
  ASSERT_FALSE(runner);
  EXPECT_EQ(runner.error().code, ErrorCode::corrupt);
  EXPECT_THAT(runner.error().message, HasSubstr("`classifier.weight` is all zeros"));
}

}  // namespace
}  // namespace weir
