#pragma once

#include <array>
#include <cstdint>

#include "pipeline/flow/batching.hpp"

namespace weir {

// What a batch costs one device, learned from the batches that it ran:
//
//   seconds = fixed + per_token * tokens + per_square * sum of squared lengths
//
// by least squares over the last batches (about a hundred count), none of the three negative, residuals clipped at
// three times their usual size so that one hiccup moves little. One per worker; one thread.
class CostModel {
 public:
  struct Costs {
    double fixed = 0;  // seconds; none is negative
    double per_token = 0;
    double per_square = 0;
  };

  void observe(uint64_t tokens, double squares, double seconds);

  Costs costs() const;
  double seconds(uint64_t tokens, double squares) const;  // of one batch
  // Device seconds that a backlog takes in batches of `token_budget`: `weir_backlog_device_seconds`.
  double seconds(const Backlog& backlog, uint32_t token_budget) const;
  // `max_tokens: auto`: as many tokens as make the fixed cost a twentieth of the batch's, at least `start` (also the
  // answer before enough was seen), at most `most`.
  uint32_t token_budget(uint32_t start, uint32_t most) const;

  uint32_t observed() const { return observed_; }

 private:
  using Vector = std::array<double, 3>;
  void solve();

  Vector weights_{};                 // milliseconds per unit of a feature
  std::array<Vector, 3> squares_{};  // sum of features x features, older batches counting less
  Vector products_{};                // sum of features x milliseconds
  double usual_residual_ = 0;        // milliseconds
  double mean_length_ = 0;           // squares / tokens: the token-weighted mean
  uint32_t observed_ = 0;
};

}  // namespace weir
