#include "kernels/gemm.hpp"

#include "kernels/cpu/reference/reference.hpp"
#include "tests/kernels/cases.hpp"
#include "tests/kernels/kernel_test.hpp"

namespace weir::kernels {
namespace {

class GemmTest : public KernelTest {};
WEIR_FOR_EACH_INSTRUCTION_SET(GemmTest);

TEST_P(GemmTest, is_as_exact_as_the_plain_sum) {
  for (auto c : cases::gemm()) {
    if (c.timed) c.rows = 24;  // the truth is slow to compute
    Guarded x(normal_values(c.rows * c.in, 1)), y(c.rows * c.out);
    const auto weight = normal_values(c.out * c.in, 2, 0.1F), bias = normal_values(c.out, 3);
    const float* b = c.bias ? bias.data() : nullptr;
    const auto matrix = Matrix::prepare(device(), Tensor::of(weight.data(), {c.out, c.in}),
                                        c.bias ? Tensor::of(bias.data(), {c.out}) : Tensor{});
    ASSERT_TRUE(matrix.has_value()) << matrix.error().message;
    for (const auto epilogue : {Activation::none, Activation::gelu_erf}) {
      gemm(context(), Tensor::of(x.data(), {c.rows, c.in}), *matrix, Tensor::of(y.data(), {c.rows, c.out}), epilogue);
      std::vector<double> truth(y.values().size());
      std::vector<float> plain(y.values().size());
      reference::gemm(x.data(), weight.data(), b, truth.data(), c.rows, c.in, c.out, epilogue);
      reference::gemm(x.data(), weight.data(), b, plain.data(), c.rows, c.in, c.out, epilogue);
      expect_as_exact_as_plain(y.values(), truth, plain, c.name());
      EXPECT_TRUE(y.intact()) << c.name();
    }
  }
}

TEST_P(GemmTest, stacks_weights_side_by_side) {
  const auto a = normal_values(6 * 4, 1), b = normal_values(3 * 4, 2), bias_a = normal_values(6, 3),
             bias_b = normal_values(3, 4);
  const std::vector<Tensor> weights{Tensor::of(a.data(), {6, 4}), Tensor::of(b.data(), {3, 4})};
  const std::vector<Tensor> biases{Tensor::of(bias_a.data(), {6}), Tensor::of(bias_b.data(), {3})};
  const auto both = Matrix::prepare_stacked(device(), weights, biases).value();
  const auto second = Matrix::prepare(device(), weights[1], biases[1]).value();
  EXPECT_EQ(both.out(), 9);
  const auto x = normal_values(4, 5);
  std::vector<float> y(9), y_second(3);
  gemm(context(), Tensor::of(x.data(), {1, 4}), both, Tensor::of(y.data(), {1, 9}));
  gemm(context(), Tensor::of(x.data(), {1, 4}), second, Tensor::of(y_second.data(), {1, 3}));
  for (size_t i = 0; i < 3; ++i) EXPECT_FLOAT_EQ(y[6 + i], y_second[i]);
}

TEST_P(GemmTest, handles_no_rows) {
  const auto weight = normal_values(4, 1);
  const auto matrix = Matrix::prepare(device(), Tensor::of(weight.data(), {2, 2})).value();
  float none = 0;
  gemm(context(), Tensor::of(&none, {0, 2}), matrix, Tensor::of(&none, {0, 2}), Activation::relu);
  EXPECT_EQ(none, 0);
}

TEST(Matrix, refuses_what_does_not_fit_together) {
  const auto device = open_cpu({.threads = 1}).value();
  const auto values = normal_values(64, 1);
  const auto weight = Tensor::of(values.data(), {4, 8});
  EXPECT_EQ(Matrix::prepare(*device, weight, Tensor::of(values.data(), {5})).error().code, ErrorCode::corrupt);
  EXPECT_EQ(Matrix::prepare(*device, Tensor::of(values.data(), {8})).error().code, ErrorCode::corrupt);
  const std::vector<Tensor> unequal{weight, Tensor::of(values.data(), {4, 4})}, none(2);
  EXPECT_EQ(Matrix::prepare_stacked(*device, unequal, none).error().code, ErrorCode::corrupt);
  const std::vector<Tensor> equal{weight, weight}, one_bias{Tensor::of(values.data(), {4}), {}};
  EXPECT_EQ(Matrix::prepare_stacked(*device, equal, one_bias).error().code, ErrorCode::corrupt);
  Tensor half = weight;
  half.dtype = DType::bfloat16;
  const auto refused = Matrix::prepare(*device, half);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_NE(refused.error().message.find("bfloat16"), std::string::npos);
}

}  // namespace
}  // namespace weir::kernels
