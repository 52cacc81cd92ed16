#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include "device/cpu/cpu_device.hpp"
#include "device/execution_context.hpp"

namespace weir::kernels {

inline std::vector<float> normal_values(int64_t count, uint32_t seed, float deviation = 1.0F) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, deviation);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& v : values) v = normal(random);
  return values;
}

// Floats between two guard bands; the constructor fills everything with a pattern, `intact` tells whether the bands
// still hold it. Not aligned to more than a float, as a slice of a batch is not.
class Guarded {
 public:
  explicit Guarded(int64_t count) : count_(static_cast<size_t>(count)), all_(count_ + 2 * band, pattern()) {}
  explicit Guarded(const std::vector<float>& values) : Guarded(static_cast<int64_t>(values.size())) {
    std::copy(values.begin(), values.end(), data());
  }
  float* data() { return all_.data() + band; }
  std::span<const float> values() const { return {all_.data() + band, count_}; }
  bool intact() const {
    const float expected = pattern();
    const auto untouched = [&](float v) { return std::memcmp(&v, &expected, sizeof(v)) == 0; };
    return std::all_of(all_.begin(), all_.begin() + band, untouched) &&
           std::all_of(all_.end() - band, all_.end(), untouched);
  }

 private:
  static constexpr std::ptrdiff_t band = 67;
  static float pattern() { return -1.2345e30F; }
  size_t count_;
  std::vector<float> all_;
};

// Error against the truth is at most twice that of the formula evaluated step by step in fp32, or 4 roundings of the
// largest true value (a single element can be exact by luck).
inline void expect_as_exact_as_plain(std::span<const float> got, std::span<const double> truth,
                                     std::span<const float> plain, const std::string& what) {
  ASSERT_EQ(got.size(), truth.size());
  double plain_error = 0, error = 0, largest = 0;
  size_t worst = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    ASSERT_FALSE(std::isnan(got[i])) << what << " at " << i;
    plain_error = std::max(plain_error, std::abs(double{plain[i]} - truth[i]));
    largest = std::max(largest, std::abs(truth[i]));
    const double e = std::abs(double{got[i]} - truth[i]);
    if (e > error) worst = i;
    error = std::max(error, e);
  }
  const double bound = 2 * plain_error + 4 * double{std::numeric_limits<float>::epsilon()} / 2 * largest;
  EXPECT_LE(error, bound) << what << ": element " << worst << " is " << got[worst] << ", truth " << truth[worst];
}

struct Sequences {
  std::vector<int32_t> ids, type_ids, cu;
  explicit Sequences(std::span<const int32_t> lengths, int32_t vocabulary = 50, int32_t start = 11) : cu{start} {
    for (const int32_t n : lengths) cu.push_back(cu.back() + n);
    ids.resize(static_cast<size_t>(cu.back() - start));
    type_ids.resize(ids.size());
    for (size_t i = 0; i < ids.size(); ++i) {
      ids[i] = static_cast<int32_t>(i * 7919 % static_cast<size_t>(vocabulary));
      type_ids[i] = static_cast<int32_t>(i % 2);
    }
  }
  DeviceTokens tokens() const { return on_host({ids, type_ids, cu, 0}); }
};

// Every test runs once per instruction set that this processor has, down to plain x86-64.
class KernelTest : public testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam() | HWY_STATIC_TARGET); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
  ExecutionContext& context() { return context_; }
  Device& device() { return *device_; }

 private:
  std::unique_ptr<Device> device_ = open_cpu({.threads = 1}).value();
  ExecutionContext context_{*device_};
};

// The instruction sets that the kernels are built for and this processor has.
inline std::vector<int64_t> instruction_sets() {
  std::vector<int64_t> targets{HWY_STATIC_TARGET};
  for (const int64_t target : {HWY_SSE4, HWY_AVX2, HWY_AVX3})
    if ((hwy::SupportedTargets() & target) != 0) targets.push_back(target);
  return targets;
}
inline std::string instruction_set_name(const testing::TestParamInfo<int64_t>& info) {
  return hwy::TargetName(info.param);
}

#define WEIR_FOR_EACH_INSTRUCTION_SET(suite) \
  INSTANTIATE_TEST_SUITE_P(, suite, testing::ValuesIn(instruction_sets()), instruction_set_name)

}  // namespace weir::kernels
