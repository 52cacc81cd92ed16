#include "pipeline/flow/cost_model.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace weir {
namespace {

struct Costs {
  double fixed, per_token, per_square;
  double run(double tokens, double squares) const { return fixed + per_token * tokens + per_square * squares; }
};

// Batches of random size and lengths on a device, times off by up to `noise`, one in twenty slower by `hiccup`.
void train(CostModel& model, const Costs& device, int batches, double noise, std::mt19937& random, double hiccup = 0) {
  std::uniform_real_distribution<double> tokens(64, 8192), length(8, 512), error(1 - noise, 1 + noise);
  for (int i = 0; i < batches; ++i) {
    const double t = std::floor(tokens(random)), squares = t * length(random);
    const bool slow = hiccup > 0 && i % 20 == 19;
    model.observe(static_cast<uint64_t>(t), squares, device.run(t, squares) * error(random) * (slow ? hiccup : 1));
  }
}

constexpr Costs gpu{180e-6, 0.37e-6, 0.2e-9};
const double usual = gpu.run(4096, 4096 * 128.0);

TEST(CostModel, LearnsTheThreeCosts) {
  std::mt19937 random(1);
  CostModel model;
  train(model, gpu, 200, 0.01, random);
  EXPECT_NEAR(model.costs().fixed, gpu.fixed, 0.15 * gpu.fixed);
  EXPECT_NEAR(model.costs().per_token, gpu.per_token, 0.03 * gpu.per_token);
  EXPECT_NEAR(model.costs().per_square, gpu.per_square, 0.05 * gpu.per_square);
  EXPECT_NEAR(model.seconds(4096, 4096 * 128.0), usual, 0.02 * usual);
}

TEST(CostModel, OneSlowBatchInTwentyMovesLittle) {
  std::mt19937 random(2);
  CostModel model;
  train(model, gpu, 400, 0.02, random, 20);
  EXPECT_NEAR(model.seconds(4096, 4096 * 128.0), usual, 0.15 * usual);
}

TEST(CostModel, FollowsADeviceThatBecameSlower) {
  std::mt19937 random(3);
  CostModel model;
  train(model, gpu, 200, 0.02, random);
  train(model, {2 * gpu.fixed, 2 * gpu.per_token, 2 * gpu.per_square}, 600, 0.02, random);
  EXPECT_NEAR(model.seconds(4096, 4096 * 128.0), 2 * usual, 0.2 * usual);
}

TEST(CostModel, BatchesOfOneShapeDoNotBreakIt) {
  CostModel model;
  for (int i = 0; i < 5000; ++i) model.observe(1024, 1024 * 128.0, 0.01);
  EXPECT_NEAR(model.seconds(1024, 1024 * 128.0), 0.01, 1e-4);
  std::mt19937 random(4);
  train(model, gpu, 600, 0.01, random);
  EXPECT_NEAR(model.seconds(4096, 4096 * 128.0), usual, 0.1 * usual);
}

TEST(CostModel, TheBudgetMakesFixedCostsATwentieth) {
  std::mt19937 random(5);
  CostModel model;
  EXPECT_EQ(model.token_budget(1000, 100000), 1000u);
  train(model, {180e-6, 0.37e-6, 0}, 300, 0.005, random);
  const uint32_t budget = model.token_budget(1000, 100000);
  EXPECT_NEAR(budget, 19 * 180e-6 / 0.37e-6, 0.1 * budget);
  EXPECT_EQ(model.token_budget(1000, 4000), 4000u);
  EXPECT_EQ(model.token_budget(20000, 100000), 20000u);
}

TEST(CostModel, PricesABacklogInBatches) {
  std::mt19937 random(6);
  CostModel model;
  train(model, gpu, 300, 0.005, random);
  Backlog backlog;
  for (int i = 0; i < 1000; ++i) backlog.add(100, +1);
  const double batches = std::ceil(100000.0 / 4096);
  EXPECT_NEAR(model.seconds(backlog, 4096), batches * gpu.fixed + gpu.per_token * 1e5 + gpu.per_square * 1e7, 0.003);
}

TEST(CostModel, NonsenseIsIgnored) {
  CostModel model;
  model.observe(0, 0, 1);
  model.observe(10, 100, -1);
  model.observe(10, 100, std::nan(""));
  EXPECT_EQ(model.observed(), 0u);
}

}  // namespace
}  // namespace weir
