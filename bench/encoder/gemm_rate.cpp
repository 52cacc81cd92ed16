#include "bench/encoder/gemm_rate.hpp"

#include <algorithm>
#include <ctime>
#include <vector>

#include "device/execution_context.hpp"
#include "kernels/gemm.hpp"

namespace weir {
namespace {

struct Shapes {
  int64_t hidden, inner;
  struct Product {
    int64_t in, out;
  };
  std::vector<Product> products() const {
    return {{hidden, 3 * hidden}, {hidden, hidden}, {hidden, inner}, {inner, hidden}};
  }
};

// On one lane CPU time, as the race does: it leaves out what other programs took from the core.
double seconds(int32_t lanes) {
  timespec time{};
  clock_gettime(lanes == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// One one-token sequence for each lane: the device splits nothing but the lanes.
std::vector<int32_t> lane_batch(int32_t lanes) {
  std::vector<int32_t> cu;
  for (int32_t i = 0; i <= lanes; ++i) cu.push_back(i);
  return cu;
}

}  // namespace

double linear_flops(const ModelConfig& config) {
  const double hidden = config.hidden_size, inner = config.intermediate_size;
  return config.layers * 2.0 * (4 * hidden * hidden + 2 * hidden * inner);
}

double model_flops(const ModelConfig& config, double length) {
  return linear_flops(config) + config.layers * 4.0 * length * config.hidden_size;
}

double gemm_rate(Device& device, const ModelConfig& config, int rounds) {
  const Shapes shapes{config.hidden_size, config.intermediate_size};
  const std::vector<float> values(static_cast<size_t>(shapes.inner * shapes.hidden), 0.01F);
  std::vector<kernels::Matrix> weights;
  for (uint32_t layer = 0; layer < config.layers; ++layer)
    for (const auto& [in, out] : shapes.products())
      weights.push_back(kernels::Matrix::prepare(device, Tensor::of(values.data(), {out, in})).value());

  const auto cu = lane_batch(device.info().lanes);
  const std::vector<int32_t> ids(cu.size() - 1);
  double best = 0;
  for (const int64_t rows : {128, 256, 512, 1024})
    for (int round = 0; round < rounds; ++round) {
      const int64_t repeats = 1024 / rows;
      const double start = seconds(device.info().lanes);
      device.run({ids, {}, cu, 1}, [&](ExecutionContext& context, const LanePart&) {
        const auto take = [&](int64_t columns) { return context.workspace().take(DType::float32, {rows, columns}); };
        const Tensor x = take(shapes.hidden), wide = take(std::max(3 * shapes.hidden, shapes.inner)),
                     y = take(shapes.hidden);
        std::fill_n(x.as<float>(), x.elements(), 0.5F);
        std::fill_n(wide.as<float>(), wide.elements(), 0.5F);
        for (int64_t i = 0; i < repeats; ++i)
          for (const auto& weight : weights) {
            const Tensor in = weight.in() == shapes.hidden ? x : wide, out = weight.out() == shapes.hidden ? y : wide;
            kernels::gemm(context, Tensor(in.data, in.dtype, {rows, weight.in()}), weight,
                          Tensor(out.data, out.dtype, {rows, weight.out()}));
          }
      });
      const double elapsed = seconds(device.info().lanes) - start;
      const double flops = linear_flops(config) * static_cast<double>(rows * repeats * device.info().lanes);
      best = std::max(best, flops / elapsed * 1e-9);
    }
  return best;
}

}  // namespace weir
