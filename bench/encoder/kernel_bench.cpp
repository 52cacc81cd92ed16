// Times each operation on the `timed` problems of its tests, on every instruction set of this processor.
//
//   weir_kernel_bench [--target AVX2]
//
// CPU time of this thread, best of many: other work on the machine disturbs it little.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include "device/cpu/cpu_device.hpp"
#include "device/execution_context.hpp"
#include "kernels/attention_varlen.hpp"
#include "kernels/gemm.hpp"
#include "kernels/layer_norm.hpp"
#include "tests/kernels/cases.hpp"

namespace weir::kernels {
namespace {

double best_seconds(const std::function<void()>& function) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  double best = 1e9;
  for (int i = 0; i < 15; ++i) {
    const double start = now();
    function();
    best = std::min(best, now() - start);
  }
  return best;
}

std::vector<float> values(int64_t count) {
  std::vector<float> list(static_cast<size_t>(count));
  for (size_t i = 0; i < list.size(); ++i) list[i] = std::sin(static_cast<float>(i));
  return list;
}

void time_gemm(ExecutionContext& context) {
  for (const auto& c : cases::gemm()) {
    if (!c.timed) continue;
    const auto w = values(c.in * c.out), b = values(c.out), x = values(c.rows * c.in);
    std::vector<float> y(static_cast<size_t>(c.rows * c.out));
    const auto matrix =
        Matrix::prepare(context.device(), Tensor::of(w.data(), {c.out, c.in}), Tensor::of(b.data(), {c.out}));
    for (const auto epilogue : {Activation::none, Activation::gelu_erf}) {
      const double seconds = best_seconds([&] {
        gemm(context, Tensor::of(x.data(), {c.rows, c.in}), *matrix, Tensor::of(y.data(), {c.rows, c.out}), epilogue);
      });
      fmt::print("  gemm {:<14} {:<9} {:8.1f} us {:7.1f} GFLOP/s\n", c.name(), to_string(epilogue), seconds * 1e6,
                 2e-9 * static_cast<double>(c.rows * c.in * c.out) / seconds);
    }
  }
}

void time_attention(ExecutionContext& context) {
  for (const auto& lengths : cases::lengths())
    for (const auto& heads : cases::heads()) {
      if (!lengths.timed || !heads.timed) continue;
      const int32_t count = 384 / heads.dim;
      const int64_t width = int64_t{count} * heads.dim;
      std::vector<int32_t> cu{0};
      double squares = 0;
      for (const int32_t n : lengths.lengths) {
        cu.push_back(cu.back() + n);
        squares += static_cast<double>(n) * n;
      }
      const int64_t tokens = cu.back();
      const std::vector<int32_t> ids(static_cast<size_t>(tokens));
      const auto qkv = values(tokens * 3 * width);
      std::vector<float> y(static_cast<size_t>(tokens * width));
      const double seconds = best_seconds([&] {
        attention_varlen(context, Tensor::of(qkv.data(), {tokens, 3 * width}), on_host({ids, {}, cu, 0}),
                         {count, heads.dim, 1.0F / std::sqrt(static_cast<float>(heads.dim))},
                         Tensor::of(y.data(), {tokens, width}));
      });
      fmt::print("  attention {:<10} {:>2}x{:<3} {:8.3f} us/token {:7.1f} GFLOP/s\n", lengths.label, count, heads.dim,
                 seconds / static_cast<double>(tokens) * 1e6, 4e-9 * squares * static_cast<double>(width) / seconds);
    }
}

void time_rows(ExecutionContext& context) {
  for (const auto& c : cases::rows()) {
    if (!c.timed) continue;
    const auto x = values(c.rows * c.columns), w = values(c.columns);
    std::vector<float> y(x.size());
    const LayerNorm norm{Tensor::of(w.data(), {c.columns}), Tensor::of(w.data(), {c.columns}), 1e-12F};
    const Tensor in = Tensor::of(x.data(), {c.rows, c.columns}), out = Tensor::of(y.data(), {c.rows, c.columns});
    const double norm_seconds = best_seconds([&] { residual_layer_norm(context, in, in, norm, out); });
    const double gelu_seconds = best_seconds([&] { activate(context, Activation::gelu_erf, out); });
    fmt::print("  residual_layer_norm {} {:6.1f} ns/row, gelu_erf {:6.3f} ns/value\n", c.name(),
               norm_seconds / static_cast<double>(c.rows) * 1e9,
               gelu_seconds / static_cast<double>(c.rows * c.columns) * 1e9);
  }
}

}  // namespace
}  // namespace weir::kernels

int main(int argc, char** argv) {
  using namespace weir;
  const std::string only = argc == 3 ? argv[2] : "";
  const auto device = open_cpu({.threads = 1}).value();
  ExecutionContext context(*device);
  std::cout << device->info().model << "\n";
  for (const int64_t target : {HWY_AVX3, HWY_AVX2}) {
    if ((hwy::SupportedTargets() & target) == 0 || (!only.empty() && only != hwy::TargetName(target))) continue;
    hwy::SetSupportedTargetsForTest(target | HWY_STATIC_TARGET);
    fmt::print("{} (gemm: oneDNN, as DNNL_MAX_CPU_ISA says)\n", hwy::TargetName(target));
    kernels::time_gemm(context);
    kernels::time_attention(context);
    kernels::time_rows(context);
    hwy::SetSupportedTargetsForTest(0);
  }
}
