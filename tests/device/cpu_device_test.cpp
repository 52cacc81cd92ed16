#include "device/cpu/cpu_device.hpp"

#include <array>
#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "device/execution_context.hpp"

namespace weir {
namespace {

struct Batch {
  std::vector<int32_t> ids, cu;
  Batch(int32_t sequences, int32_t length) : ids(static_cast<size_t>(sequences * length)) {
    for (int32_t i = 0; i <= sequences; ++i) cu.push_back(i * length);
  }
  PackedTokens view() const { return {ids, {}, cu, cu[1]}; }
};

TEST(CpuDevice, describes_itself) {
  const auto device = open_cpu({.threads = 3}).value();
  EXPECT_EQ(device->kind(), DeviceKind::cpu);
  EXPECT_EQ(device->info().name, "cpu");
  EXPECT_EQ(device->info().lanes, 3);
  EXPECT_FALSE(device->info().isa.empty());
  EXPECT_GT(device->info().memory_bytes, size_t{1} << 20);
}

TEST(CpuDevice, has_a_lane_for_each_usable_core_unless_told) {
  EXPECT_GE(usable_cores(), 1);
  EXPECT_EQ(open_cpu().value()->info().lanes, usable_cores());
}

TEST(CpuDevice, refuses_impossible_thread_counts) {
  EXPECT_EQ(open_cpu({.threads = -1}).error().code, ErrorCode::unsupported);
  EXPECT_EQ(open_cpu({.threads = 5000}).error().code, ErrorCode::unsupported);
}

TEST(CpuDevice, runs_each_sequence_once_on_its_own_threads) {
  const auto device = open_cpu({.threads = 4}).value();
  for (int32_t sequences : {1, 2, 3, 4, 5, 33}) {
    const Batch batch(sequences, 16);
    std::vector<std::atomic<int>> seen(static_cast<size_t>(sequences));
    std::array<std::atomic<int>, 4> lanes{};
    const auto caller = std::this_thread::get_id();
    device->run(batch.view(), [&](ExecutionContext& context, const LanePart& part) {
      EXPECT_NE(std::this_thread::get_id(), caller);
      EXPECT_EQ(context.lane(), part.lane);
      EXPECT_EQ(part.first_token, part.first_sequence * 16);
      EXPECT_EQ(part.tokens.ids, batch.ids.data() + part.first_token);
      ++lanes[static_cast<size_t>(part.lane)];
      for (int32_t i = 0; i < part.tokens.sequences(); ++i) ++seen[static_cast<size_t>(part.first_sequence + i)];
    });
    for (const auto& count : seen) EXPECT_EQ(count, 1);
    for (const auto& count : lanes) EXPECT_LE(count, 1);
  }
}

TEST(CpuDevice, does_nothing_for_an_empty_batch) {
  const auto device = open_cpu({.threads = 2}).value();
  const std::vector<int32_t> cu{0};
  device->run({{}, {}, cu, 0}, [](ExecutionContext&, const LanePart&) { FAIL(); });
}

TEST(CpuDevice, rethrows_a_lanes_exception_after_the_others_finished_and_goes_on) {
  const auto device = open_cpu({.threads = 2}).value();
  const Batch batch(2, 8);
  std::atomic<int> finished = 0;
  const auto half_fails = [&](ExecutionContext&, const LanePart& part) {
    if (part.first_sequence == 0) throw std::runtime_error("lane broke");
    ++finished;
  };
  EXPECT_THROW(device->run(batch.view(), half_fails), std::runtime_error);
  EXPECT_EQ(finished, 1);
  device->run(batch.view(), [&](ExecutionContext&, const LanePart&) { ++finished; });
  EXPECT_EQ(finished, 3);
}

TEST(CpuDevice, keeps_a_lanes_workspace_between_batches) {
  const auto device = open_cpu({.threads = 1}).value();
  const Batch batch(1, 8);
  std::set<std::byte*> places;
  for (int i = 0; i < 5; ++i)
    device->run(batch.view(), [&](ExecutionContext& context, const LanePart&) {
      places.insert(context.workspace().take(DType::float32, {64, 64}).data);
    });
  EXPECT_EQ(places.size(), 1U);
}

}  // namespace
}  // namespace weir
