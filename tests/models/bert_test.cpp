// The encoder against transformers (tests/golden/hidden.json).
#include <cmath>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/cpu/cpu_device.hpp"
#include "models/packed_batch.hpp"
#include "models/registry.hpp"
#include "tests/golden/golden.hpp"
#include "tests/golden/temp_dir.hpp"

namespace weir {
namespace {

using golden::GoldenCase;
using golden::GoldenSequence;
using golden::TempDir;
using golden::TinyBertOptions;
using testing::HasSubstr;

struct Loaded {
  std::unique_ptr<Device> device;
  std::unique_ptr<const Encoder> encoder;

  // Hidden states of all sequences, in their order.
  std::vector<float> run(const std::vector<GoldenSequence>& sequences) const {
    PackedBatch batch;
    batch.clear();
    for (const auto& sequence : sequences) batch.add(sequence.ids, sequence.type_ids);
    const int64_t hidden = encoder->config().hidden_size;
    std::vector<float> out(batch.view().ids.size() * static_cast<size_t>(hidden));
    device->run(batch.view(), [&](ExecutionContext& context, const LanePart& part) {
      encoder->forward(context, part.tokens,
                       Tensor::of(out.data() + part.first_token * hidden, {part.tokens.tokens(), hidden}));
    });
    return out;
  }
};

Result<std::unique_ptr<const Encoder>> load(const std::filesystem::path& dir, Device& device) {
  const auto config = read_model_config(dir);
  if (!config) return fail(config.error());
  const auto store = WeightStore::open(dir);
  if (!store) return fail(store.error());
  return load_encoder(*config, **store, device);
}

Loaded load(const TinyBertOptions& options, int32_t threads = 2) {
  TempDir dir;
  EXPECT_TRUE(golden::write_tiny_bert(dir.path(), options));
  Loaded loaded{open_cpu({threads}).value(), nullptr};
  auto encoder = load(dir.path(), *loaded.device);
  if (!encoder) throw std::runtime_error(encoder.error().message);
  loaded.encoder = std::move(*encoder);
  return loaded;
}

class BertGolden : public testing::TestWithParam<GoldenCase> {};

TEST_P(BertGolden, hidden_states_are_the_references) {
  const auto& golden = GetParam();
  const auto loaded = load(golden.model);
  const auto hidden = loaded.run(golden.sequences);
  ASSERT_EQ(hidden.size(), golden.hidden.values.size());
  double worst = 0;
  for (size_t i = 0; i < hidden.size(); ++i)
    worst = std::max(worst, std::abs(double{hidden[i]} - double{golden.hidden.values[i]}));
  EXPECT_LE(worst, golden.hidden.tolerance()) << "the reference's own fp32 error is " << golden.hidden.fp32_error;
}

INSTANTIATE_TEST_SUITE_P(Models, BertGolden, testing::ValuesIn(golden::load_cases("hidden.json")),
                         [](const auto& info) { return info.param.name; });

TEST(Bert, weights_named_with_and_without_prefix_are_the_same_model) {
  TinyBertOptions options;
  const std::vector<GoldenSequence> sequences{{{1, 2, 3}, {0, 0, 1}}, {{4}, {0}}};
  const auto plain = load(options).run(sequences);
  options.prefix = true;
  EXPECT_EQ(load(options).run(sequences), plain);
  options.old_spelling = true;
  EXPECT_EQ(load(options).run(sequences), plain);
}

std::vector<GoldenSequence> ragged(std::initializer_list<int> lengths) {
  std::vector<GoldenSequence> sequences;
  int32_t id = 0;
  for (int length : lengths) {
    auto& sequence = sequences.emplace_back();
    for (int i = 0; i < length; ++i) {
      sequence.ids.push_back((id = (id * 37 + 11) % 1000));
      sequence.type_ids.push_back(i > length / 2);
    }
  }
  return sequences;
}

// A sequence's neighbours, its place in the batch and the number of lanes change nothing but the order of the GEMM's
// sums.
TEST(Bert, neighbours_do_not_change_a_sequence) {
  const auto sequences = ragged({1, 300, 17, 2, 512, 64, 1, 5, 33, 128, 400});
  const auto loaded = load(TinyBertOptions{});
  const auto packed = loaded.run(sequences);
  const auto one_lane = load(TinyBertOptions{}, 1).run(sequences);
  size_t at = 0;
  double worst = 0;
  for (const auto& sequence : sequences)
    for (float alone : loaded.run({sequence})) {
      worst = std::max({worst, std::abs(double{alone} - packed[at]), std::abs(double{alone} - one_lane[at])});
      ++at;
    }
  EXPECT_LE(worst, 2e-6);
}

TEST(Bert, longer_batches_than_a_block_are_cut_into_blocks) {
  std::vector<GoldenSequence> many;
  for (int i = 0; i < 40; ++i) many.push_back(ragged({100})[0]);
  const auto packed = load(TinyBertOptions{}).run(many);
  const size_t one = packed.size() / many.size();
  for (size_t i = one; i < packed.size(); ++i) ASSERT_NEAR(packed[i], packed[i % one], 2e-6);
}

TEST(Bert, a_missing_or_misshapen_tensor_is_named) {
  TempDir dir;
  TinyBertOptions options;
  ASSERT_TRUE(golden::write_tiny_bert(dir.path(), options));
  const auto device = open_cpu({1}).value();
  for (const auto& victim : golden::tiny_bert_weights(options)) {
    if (victim.name.starts_with("pooler.") || victim.name.ends_with(".bias")) continue;
    auto weights = golden::tiny_bert_weights(options);
    std::erase_if(weights, [&](const auto& tensor) { return tensor.name == victim.name; });
    ASSERT_TRUE(golden::write_safetensors(dir.path() / "model.safetensors", weights));
    const auto missing = load(dir.path(), *device);
    ASSERT_FALSE(missing) << victim.name;
    EXPECT_THAT(missing.error().message, HasSubstr("`" + victim.name + "` is missing"));

    weights.push_back({victim.name, {1, 1}, {0}});
    ASSERT_TRUE(golden::write_safetensors(dir.path() / "model.safetensors", weights));
    const auto misshapen = load(dir.path(), *device);
    ASSERT_FALSE(misshapen) << victim.name;
    EXPECT_THAT(misshapen.error().message, HasSubstr("`" + victim.name + "` has shape [1, 1]"));
  }
}

TEST(Bert, refuses_tokens_that_would_leave_its_tables) {
  ModelConfig config;
  config.vocab_size = 10;
  config.type_vocab_size = 2;
  config.max_positions = 4;
  const std::vector<int32_t> cu{0, 2, 3};
  const auto check = [&](std::vector<int32_t> ids, std::vector<int32_t> types, std::vector<int32_t> bounds) {
    return check_tokens(config, {ids, types, bounds, 5});
  };
  EXPECT_TRUE(check({0, 9, 1}, {}, {0, 2, 3}));
  EXPECT_TRUE(check({0, 9, 1}, {0, 1, 1}, {0, 2, 3}));
  EXPECT_TRUE(check({}, {}, {0}));
  const auto complaint = [&](const Result<void>& result) {
    return result ? std::string("none") : result.error().message;
  };
  EXPECT_THAT(complaint(check({0, 10, 1}, {}, {0, 2, 3})), HasSubstr("token id 10 is not in the vocabulary of 10"));
  EXPECT_THAT(complaint(check({0, 1, -1}, {}, {0, 2, 3})), HasSubstr("sequence 1: token id -1"));
  EXPECT_THAT(complaint(check({0, 1, 1}, {0, 0, 2}, {0, 2, 3})), HasSubstr("token type 2, the model has 2"));
  EXPECT_THAT(complaint(check({1, 1, 1, 1, 1}, {}, {0, 5})), HasSubstr("5 tokens, the model has 4 positions"));
  EXPECT_THAT(complaint(check({1}, {}, {0, 0, 1})), HasSubstr("sequence 0: has no token"));
  EXPECT_THAT(complaint(check({1, 1}, {}, {0, 3})), HasSubstr("outside the batch"));
  EXPECT_THAT(complaint(check({1, 1}, {}, {0, 1})), HasSubstr("do not cover"));
}

}  // namespace
}  // namespace weir
