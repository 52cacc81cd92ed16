#include "pipeline/flow/cost_model.hpp"

#include <algorithm>
#include <cmath>

namespace weir {
namespace {

constexpr double kForget = 0.99;
constexpr double kRidge = 1e-7;       // of the trace: batches of one shape leave the rest undetermined
constexpr uint32_t kWarm = 8;         // batches before the model is believed
constexpr double kFixedShare = 0.05;  // what `token_budget` aims at

// Scaled so that each is about 1 for a usual batch, which keeps the covariance well conditioned.
std::array<double, 3> features(double tokens, double squares) { return {1.0, tokens / 1024, squares / (1024.0 * 256)}; }

}  // namespace

void CostModel::observe(uint64_t tokens, double squares, double seconds) {
  if (tokens == 0 || !(seconds >= 0) || !std::isfinite(seconds)) return;
  const Vector x = features(static_cast<double>(tokens), squares);
  double predicted = 0;
  for (size_t i = 0; i < 3; ++i) predicted += weights_[i] * x[i];
  double residual = seconds * 1e3 - predicted;
  const double size = std::abs(residual);
  if (observed_ >= kWarm && size > 3 * usual_residual_) residual *= 3 * usual_residual_ / size;
  // Grows even while residuals are clipped, so that a device whose speed changed for good is followed.
  const double seen = observed_ < kWarm ? size : std::min(size, 4 * usual_residual_ + 1e-6);
  usual_residual_ += (seen - usual_residual_) * (observed_ < kWarm ? 0.5 : 0.1);

  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) squares_[i][j] = kForget * squares_[i][j] + x[i] * x[j];
    products_[i] = kForget * products_[i] + x[i] * (predicted + residual);
  }
  const double length = squares / static_cast<double>(tokens);
  mean_length_ = observed_ == 0 ? length : mean_length_ + 0.05 * (length - mean_length_);
  ++observed_;
  solve();
}

// The normal equations by Gauss elimination; a weight that comes out negative is set to 0 and left out.
void CostModel::solve() {
  const double ridge = kRidge * (squares_[0][0] + squares_[1][1] + squares_[2][2]);
  std::array<bool, 3> used{true, true, true};
  for (;;) {
    std::array<std::array<double, 4>, 3> m{};
    for (size_t i = 0; i < 3; ++i) {
      for (size_t j = 0; j < 3; ++j) m[i][j] = used[i] && used[j] ? squares_[i][j] : 0;
      m[i][i] += used[i] ? ridge : 1;
      m[i][3] = used[i] ? products_[i] : 0;
    }
    for (size_t i = 0; i < 3; ++i) {  // positive definite: no pivoting
      for (size_t r = i + 1; r < 3; ++r) {
        const double factor = m[r][i] / m[i][i];
        for (size_t c = i; c < 4; ++c) m[r][c] -= factor * m[i][c];
      }
    }
    for (size_t i = 3; i-- > 0;) {
      double sum = m[i][3];
      for (size_t c = i + 1; c < 3; ++c) sum -= m[i][c] * weights_[c];
      weights_[i] = sum / m[i][i];
    }
    const size_t least = static_cast<size_t>(std::min_element(weights_.begin(), weights_.end()) - weights_.begin());
    if (weights_[least] >= 0) return;
    used[least] = false;
  }
}

CostModel::Costs CostModel::costs() const {
  const Vector unit = features(1, 1);
  return {weights_[0] * 1e-3, weights_[1] * unit[1] * 1e-3, weights_[2] * unit[2] * 1e-3};
}

double CostModel::seconds(uint64_t tokens, double squares) const {
  const Vector x = features(static_cast<double>(tokens), squares);
  double milliseconds = 0;
  for (size_t i = 0; i < 3; ++i) milliseconds += weights_[i] * x[i];
  return milliseconds * 1e-3;
}

double CostModel::seconds(const Backlog& backlog, uint32_t token_budget) const {
  const Costs cost = costs();
  const double batches = std::ceil(static_cast<double>(backlog.tokens) / std::max<uint32_t>(1, token_budget));
  return cost.fixed * batches + cost.per_token * static_cast<double>(backlog.tokens) +
         cost.per_square * backlog.squares;
}

uint32_t CostModel::token_budget(uint32_t start, uint32_t most) const {
  if (observed_ < kWarm || most <= start) return start;
  const Costs cost = costs();
  const double per_token = cost.per_token + cost.per_square * mean_length_;
  if (!(per_token > 0)) return start;
  const double wanted = cost.fixed * (1 - kFixedShare) / kFixedShare / per_token;
  return static_cast<uint32_t>(std::clamp(wanted, static_cast<double>(start), static_cast<double>(most)));
}

}  // namespace weir
