#include "kernels/pool.hpp"

#include "kernels/copy_columns.hpp"
#include "kernels/cpu/reference/reference.hpp"
#include "kernels/gather_rows.hpp"
#include "kernels/l2_normalize.hpp"
#include "tests/kernels/cases.hpp"
#include "tests/kernels/kernel_test.hpp"

namespace weir::kernels {
namespace {

class PoolTest : public KernelTest {};
WEIR_FOR_EACH_INSTRUCTION_SET(PoolTest);

TEST_P(PoolTest, is_as_exact_as_the_plain_formula) {
  for (const auto kind : {PoolerKind::cls, PoolerKind::last, PoolerKind::mean, PoolerKind::max,
                          PoolerKind::mean_sqrt_len, PoolerKind::weighted_mean})
    for (const auto& lengths : cases::lengths())
      for (const int64_t columns : {1, 19, 384}) {
        const Sequences sequences(lengths.lengths);
        std::vector<int32_t> skip;  // every second case leaves tokens out, all but the last at most
        if (columns != 19)
          for (const int32_t length : lengths.lengths) skip.push_back(std::min(length - 1, 5));
        const DeviceTokens tokens = sequences.tokens();
        Guarded hidden(normal_values(tokens.tokens() * columns, 1)), y(tokens.sequences() * columns);
        pool(context(), kind, Tensor::of(hidden.data(), {tokens.tokens(), columns}), tokens, skip,
             Tensor::of(y.data(), {tokens.sequences(), columns}));
        std::vector<double> truth(y.values().size());
        std::vector<float> plain(y.values().size());
        reference::pool(kind, hidden.data(), sequences.cu, skip, truth.data(), columns);
        reference::pool(kind, hidden.data(), sequences.cu, skip, plain.data(), columns);
        const auto what = fmt::format("{} {} {}", to_string(kind), lengths.label, columns);
        expect_as_exact_as_plain(y.values(), truth, plain, what);
        EXPECT_TRUE(y.intact()) << what;
      }
}

TEST_P(PoolTest, lets_a_nan_reach_its_own_row_only) {
  const std::vector<int32_t> lengths{3, 3};
  const Sequences sequences(lengths);
  auto hidden = normal_values(6 * 40, 1);
  hidden[4 * 40 + 20] = std::numeric_limits<float>::quiet_NaN();
  for (const auto kind : {PoolerKind::mean, PoolerKind::max, PoolerKind::weighted_mean}) {
    std::vector<float> y(2 * 40);
    pool(context(), kind, Tensor::of(hidden.data(), {6, 40}), sequences.tokens(), {}, Tensor::of(y.data(), {2, 40}));
    EXPECT_FALSE(std::isnan(y[20])) << to_string(kind);
    EXPECT_TRUE(std::isnan(y[60])) << to_string(kind);
  }
}

TEST_P(PoolTest, l2_normalize_is_as_exact_as_the_plain_formula) {
  for (const auto& c : cases::rows()) {
    Guarded x(normal_values(c.rows * c.columns, 1));
    std::vector<float> plain(x.values().begin(), x.values().end());
    std::vector<double> truth(plain.begin(), plain.end());
    const auto n = static_cast<size_t>(c.columns);
    for (size_t at = 0; at < plain.size(); at += n) {
      reference::l2_normalize_row(std::span<float>(plain).subspan(at, n), 1e-12F);
      reference::l2_normalize_row(std::span<double>(truth).subspan(at, n), 1e-12F);
    }
    l2_normalize(context(), Tensor::of(x.data(), {c.rows, c.columns}));
    expect_as_exact_as_plain(x.values(), truth, plain, c.name());
    EXPECT_TRUE(x.intact()) << c.name();
  }
}

TEST_P(PoolTest, l2_normalize_leaves_a_zero_row_and_keeps_nan) {
  std::vector<float> x(40, 0.0F);
  x[25] = std::numeric_limits<float>::quiet_NaN();
  l2_normalize(context(), Tensor::of(x.data(), {2, 20}));
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(x[i], 0.0F);
  for (size_t i = 20; i < 40; ++i) EXPECT_TRUE(std::isnan(x[i]));
}

TEST_P(PoolTest, gather_rows_copies_the_rows_asked_for) {
  const auto source = normal_values(5 * 3, 1);
  const std::vector<int32_t> rows{4, 0, 4};
  Guarded y(9);
  gather_rows(context(), Tensor::of(source.data(), {5, 3}), rows, Tensor::of(y.data(), {3, 3}));
  for (size_t i = 0; i < rows.size(); ++i)
    EXPECT_TRUE(std::equal(source.begin() + rows[i] * 3, source.begin() + rows[i] * 3 + 3,
                           y.values().begin() + static_cast<std::ptrdiff_t>(i) * 3));
  EXPECT_TRUE(y.intact());
}

TEST_P(PoolTest, copy_columns_moves_a_strip) {
  const auto source = normal_values(2 * 5, 1);
  Guarded y(std::vector<float>(2 * 4, 0.0F));
  copy_columns(context(), Tensor::of(source.data(), {2, 5}), 1, Tensor::of(y.data(), {2, 4}), 2, 2);
  const std::vector<float> expected{0, 0, source[1], source[2], 0, 0, source[6], source[7]};
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), y.values().begin()));
  EXPECT_TRUE(y.intact());
}

}  // namespace
}  // namespace weir::kernels
