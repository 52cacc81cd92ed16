#include "kernels/layer_norm.hpp"

#include "kernels/cpu/reference/reference.hpp"
#include "kernels/embedding.hpp"
#include "tests/kernels/cases.hpp"
#include "tests/kernels/kernel_test.hpp"

namespace weir::kernels {
namespace {

class LayerNormTest : public KernelTest {};
WEIR_FOR_EACH_INSTRUCTION_SET(LayerNormTest);

TEST_P(LayerNormTest, is_as_exact_as_the_plain_formula) {
  for (const auto& c : cases::rows())
    for (const bool with_residual : {false, true})
      for (const float mean : {0.0F, 100.0F}) {
        Guarded x(normal_values(c.rows * c.columns, 1)), residual(normal_values(c.rows * c.columns, 2)),
            y(c.rows * c.columns);
        for (int64_t i = 0; i < c.rows * c.columns; ++i) x.data()[i] += mean;
        const auto weight = normal_values(c.columns, 3), bias = normal_values(c.columns, 4);
        const LayerNorm norm{Tensor::of(weight.data(), {c.columns}), Tensor::of(bias.data(), {c.columns}), 1e-5F};
        const Tensor in = Tensor::of(x.data(), {c.rows, c.columns}), out = Tensor::of(y.data(), {c.rows, c.columns});
        const float* r = with_residual ? residual.data() : nullptr;
        std::vector<double> truth(y.values().size());
        std::vector<float> plain(y.values().size());
        reference::layer_norm(x.data(), r, weight.data(), bias.data(), 1e-5F, truth.data(), c.rows, c.columns);
        reference::layer_norm(x.data(), r, weight.data(), bias.data(), 1e-5F, plain.data(), c.rows, c.columns);
        if (with_residual)
          residual_layer_norm(context(), in, Tensor::of(residual.data(), {c.rows, c.columns}), norm, out);
        else
          layer_norm(context(), in, norm, out);
        expect_as_exact_as_plain(y.values(), truth, plain, c.name());
        EXPECT_TRUE(y.intact()) << c.name();
        if (with_residual)
          residual_layer_norm(context(), in, Tensor::of(residual.data(), {c.rows, c.columns}), norm, in);
        else
          layer_norm(context(), in, norm, in);
        EXPECT_TRUE(std::equal(x.values().begin(), x.values().end(), y.values().begin())) << "in place " << c.name();
      }
}

TEST_P(LayerNormTest, works_without_bias_and_survives_a_constant_row) {
  std::vector<float> x(20, 3.0F), y(20);
  const std::vector<float> weight(20, 2.0F);
  layer_norm(context(), Tensor::of(x.data(), {1, 20}), {Tensor::of(weight.data(), {20}), {}, 1e-12F},
             Tensor::of(y.data(), {1, 20}));
  for (const float v : y) EXPECT_NEAR(v, 0.0F, 1e-3);
}

TEST_P(LayerNormTest, embedding_adds_rows_of_its_tables_and_normalizes) {
  constexpr int64_t columns = 37, vocabulary = 50, positions = 800;
  for (const auto& lengths : cases::lengths())
    for (const bool with_all : {true, false}) {
      Sequences sequences(lengths.lengths, vocabulary);
      const auto word = normal_values(vocabulary * columns, 1), position = normal_values(positions * columns, 2);
      const auto type = normal_values(2 * columns, 3), weight = normal_values(columns, 4),
                 bias = normal_values(columns, 5);
      EmbeddingTables tables{Tensor::of(word.data(), {vocabulary, columns}), {}, {}, 2};
      if (with_all) {
        tables.position = Tensor::of(position.data(), {positions, columns});
        tables.type = Tensor::of(type.data(), {2, columns});
      }
      const LayerNorm norm{Tensor::of(weight.data(), {columns}), Tensor::of(bias.data(), {columns}), 1e-12F};
      const int64_t tokens = sequences.tokens().tokens();
      Guarded y(tokens * columns);
      embedding(context(), sequences.tokens(), tables, norm, Tensor::of(y.data(), {tokens, columns}));
      const reference::EmbeddingInput input{sequences.ids,
                                            sequences.type_ids,
                                            sequences.cu,
                                            word.data(),
                                            with_all ? position.data() : nullptr,
                                            with_all ? type.data() : nullptr,
                                            2};
      std::vector<double> truth(y.values().size());
      std::vector<float> plain(y.values().size());
      reference::embedding(input, weight.data(), bias.data(), 1e-12F, truth.data(), columns);
      reference::embedding(input, weight.data(), bias.data(), 1e-12F, plain.data(), columns);
      expect_as_exact_as_plain(y.values(), truth, plain, lengths.label);
      EXPECT_TRUE(y.intact());
    }
}

}  // namespace
}  // namespace weir::kernels
