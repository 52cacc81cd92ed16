#include "kernels/attention_varlen.hpp"

#include "kernels/cpu/reference/reference.hpp"
#include "tests/kernels/cases.hpp"
#include "tests/kernels/kernel_test.hpp"

namespace weir::kernels {
namespace {

class AttentionTest : public KernelTest {
 protected:
  // Runs on qkv and compares with the truth; `deviation` of the inputs sets how peaked the softmax is.
  void check(const cases::Lengths& lengths, const cases::Heads& heads, float deviation) {
    const Sequences sequences(lengths.lengths);
    const int64_t tokens = sequences.tokens().tokens(), width = int64_t{heads.heads} * heads.dim;
    const float scale = 1.0F / std::sqrt(static_cast<float>(heads.dim));
    Guarded qkv(normal_values(tokens * 3 * width, 1, deviation)), y(tokens * width);
    attention_varlen(context(), Tensor::of(qkv.data(), {tokens, 3 * width}), sequences.tokens(),
                     {heads.heads, heads.dim, scale}, Tensor::of(y.data(), {tokens, width}));
    std::vector<double> truth(y.values().size());
    std::vector<float> plain(y.values().size());
    reference::attention(qkv.data(), sequences.cu, heads.heads, heads.dim, scale, truth.data());
    reference::attention(qkv.data(), sequences.cu, heads.heads, heads.dim, scale, plain.data());
    const auto what = fmt::format("{} {}", lengths.label, heads.name());
    expect_as_exact_as_plain(y.values(), truth, plain, what);
    EXPECT_TRUE(y.intact()) << what;
  }
};
WEIR_FOR_EACH_INSTRUCTION_SET(AttentionTest);

TEST_P(AttentionTest, is_as_exact_as_the_plain_formula_for_all_lengths) {
  for (const auto& lengths : cases::lengths()) check(lengths, cases::heads().front(), 1.0F);
}

TEST_P(AttentionTest, is_as_exact_as_the_plain_formula_for_all_head_sizes) {
  for (const auto& heads : cases::heads())
    for (const char* label : {"one_token", "short", "around_key_block"})
      for (const auto& lengths : cases::lengths())
        if (std::string(lengths.label) == label) check(lengths, heads, 1.0F);
}

TEST_P(AttentionTest, stays_exact_when_one_key_takes_all) { check({"peaked", {40, 300}}, {2, 32}, 8.0F); }

TEST_P(AttentionTest, averages_the_values_of_equal_keys) {
  const std::vector<int32_t> lengths{200};
  const Sequences sequences(lengths);
  std::vector<float> qkv(200 * 3 * 32, 1.0F), y(200 * 32);
  for (int64_t t = 0; t < 200; ++t)
    for (int64_t c = 0; c < 32; ++c) qkv[static_cast<size_t>(t * 96 + 64 + c)] = static_cast<float>(t);
  attention_varlen(context(), Tensor::of(qkv.data(), {200, 96}), sequences.tokens(), {1, 32, 0.2F},
                   Tensor::of(y.data(), {200, 32}));
  for (const float v : y) EXPECT_NEAR(v, 99.5F, 1e-4);
}

TEST_P(AttentionTest, keeps_a_nan_inside_its_sequence) {
  const std::vector<int32_t> lengths{20, 20};
  const Sequences sequences(lengths);
  auto qkv = normal_values(40 * 96, 1);
  qkv[25 * 96 + 3] = std::numeric_limits<float>::quiet_NaN();  // a query of the second sequence
  std::vector<float> y(40 * 32);
  attention_varlen(context(), Tensor::of(qkv.data(), {40, 96}), sequences.tokens(), {1, 32, 0.2F},
                   Tensor::of(y.data(), {40, 32}));
  EXPECT_TRUE(std::none_of(y.begin(), y.begin() + 20 * 32, [](float v) { return std::isnan(v); }));
  EXPECT_TRUE(std::all_of(y.begin() + 25 * 32, y.begin() + 26 * 32, [](float v) { return std::isnan(v); }));
}

TEST_P(AttentionTest, gives_a_sequence_the_same_bits_wherever_it_stands_in_a_batch) {
  const std::vector<int32_t> alone{77}, among{5, 77, 130};
  const auto qkv = normal_values(212 * 96, 1);
  std::vector<float> y(212 * 32), y_alone(77 * 32);
  const Sequences batch(among), single(alone);
  attention_varlen(context(), Tensor::of(qkv.data(), {212, 96}), batch.tokens(), {1, 32, 0.2F},
                   Tensor::of(y.data(), {212, 32}));
  attention_varlen(context(), Tensor::of(qkv.data() + 5 * 96, {77, 96}), single.tokens(), {1, 32, 0.2F},
                   Tensor::of(y_alone.data(), {77, 32}));
  EXPECT_TRUE(std::equal(y_alone.begin(), y_alone.end(), y.begin() + 5 * 32));
}

}  // namespace
}  // namespace weir::kernels
