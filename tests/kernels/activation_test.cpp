#include "kernels/activation.hpp"

#include "kernels/cpu/reference/reference.hpp"
#include "kernels/unsupported.hpp"
#include "tests/kernels/cases.hpp"
#include "tests/kernels/kernel_test.hpp"

namespace weir::kernels {
namespace {

constexpr Activation all[] = {Activation::none, Activation::gelu_erf, Activation::gelu_tanh, Activation::relu,
                              Activation::silu, Activation::tanh,     Activation::sigmoid};

class ActivationTest : public KernelTest {};
WEIR_FOR_EACH_INSTRUCTION_SET(ActivationTest);

TEST_P(ActivationTest, is_as_exact_as_the_plain_formula_from_tiny_to_large_values) {
  for (const Activation kind : all)
    for (const float reach : {1e-3F, 0.5F, 3.0F, 8.0F, 60.0F}) {
      constexpr int64_t count = 20001;
      std::vector<float> inputs(count), plain(count);
      std::vector<double> truth(count);
      for (size_t i = 0; i < inputs.size(); ++i) {
        inputs[i] = reach * (static_cast<float>(i) / (count / 2) - 1.0F);
        truth[i] = reference::apply(kind, double{inputs[i]});
        plain[i] = reference::apply(kind, inputs[i]);
      }
      Guarded x(inputs);
      activate(context(), kind, Tensor::of(x.data(), {count}));
      expect_as_exact_as_plain(x.values(), truth, plain, fmt::format("{} within {}", to_string(kind), reach));
      EXPECT_TRUE(x.intact());
    }
}

TEST_P(ActivationTest, has_the_right_limits) {
  for (const Activation kind : all) {
    std::vector<float> x{1e4F, -1e4F, 0.0F, 88.0F, -88.0F};
    const auto expected = [&](float v) { return reference::apply(kind, double{v}); };
    const std::vector<float> inputs = x;
    activate(context(), kind, Tensor::of(x.data(), {5}));
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(x[i], expected(inputs[i]), 1e-6 * std::max(1.0, std::abs(expected(inputs[i]))))
          << to_string(kind) << inputs[i];
  }
}

TEST_P(ActivationTest, lets_a_nan_through) {
  for (const Activation kind : all) {
    std::vector<float> x(40, std::numeric_limits<float>::quiet_NaN());
    activate(context(), kind, Tensor::of(x.data(), {40}));
    for (const float v : x) EXPECT_TRUE(std::isnan(v)) << to_string(kind);
  }
}

TEST_P(ActivationTest, softmax_rows_is_as_exact_as_the_plain_formula) {
  for (const auto& c : cases::rows())
    for (const float deviation : {1.0F, 30.0F}) {
      Guarded x(normal_values(c.rows * c.columns, 1, deviation));
      std::vector<float> plain(x.values().begin(), x.values().end());
      std::vector<double> truth(plain.begin(), plain.end());
      const auto n = static_cast<size_t>(c.columns);
      for (size_t at = 0; at < plain.size(); at += n) {
        reference::softmax_row(std::span<float>(plain).subspan(at, n));
        reference::softmax_row(std::span<double>(truth).subspan(at, n));
      }
      softmax_rows(context(), Tensor::of(x.data(), {c.rows, c.columns}));
      expect_as_exact_as_plain(x.values(), truth, plain, c.name());
      EXPECT_TRUE(x.intact()) << c.name();
    }
}

TEST(ActivationNames, cover_what_model_files_say) {
  EXPECT_EQ(activation_from_config("gelu"), Activation::gelu_erf);
  EXPECT_EQ(activation_from_config("gelu_new"), Activation::gelu_tanh);
  EXPECT_EQ(activation_from_config("Tanh"), Activation::tanh);
  EXPECT_EQ(activation_from_config("Identity"), Activation::none);
  EXPECT_FALSE(activation_from_config("mish"));
  for (const Activation kind : all) EXPECT_NE(to_string(kind), "?");
}

TEST(Unsupported, names_the_operation_the_dtype_and_the_device) {
  const auto device = open_cpu({.threads = 1}).value();
  ExecutionContext context(*device);
  std::vector<float> memory(4);
  Tensor x = Tensor::of(memory.data(), {4});
  x.dtype = DType::float16;
  try {
    activate(context, Activation::relu, x);
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_STREQ(error.what(), "activate: no implementation for dtype float16 on device cpu");
  }
}

}  // namespace
}  // namespace weir::kernels
