#include "device/cpu/cpu_device.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <fstream>
#include <mutex>
#include <sched.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "device/cpu/cpu_quota.hpp"
#include "device/execution_context.hpp"
#include "device/split.hpp"

namespace weir {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string isa_name() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
    return "AVX-512";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "AVX2";
  return "SSE";
#else
  return "portable";
#endif
}

size_t physical_memory() {
  return static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGE_SIZE));
}

class CpuDevice final : public Device {
 public:
  explicit CpuDevice(int32_t threads) {
    info_ = {DeviceKind::cpu, "cpu", processor_name(), isa_name(), threads, physical_memory()};
    threads_.reserve(static_cast<size_t>(threads));
    for (int32_t lane = 0; lane < threads; ++lane) threads_.emplace_back([this, lane] { serve(lane); });
  }
  CpuDevice(const CpuDevice&) = delete;
  CpuDevice& operator=(const CpuDevice&) = delete;
  ~CpuDevice() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  const DeviceInfo& info() const override { return info_; }
  Buffer allocate(size_t bytes) override { return allocate_host(bytes); }

  void run(const PackedTokens& batch, const LaneFunction& function) override {
    std::unique_lock lock(mutex_);
    parts_ = split_by_cost(batch, info_.lanes);
    if (parts_.empty()) return;
    batch_ = &batch;
    function_ = &function;
    unfinished_ = static_cast<int32_t>(parts_.size());
    failure_ = nullptr;
    ++generation_;
    work_.notify_all();
    done_.wait(lock, [this] { return unfinished_ == 0; });
    function_ = nullptr;
    if (failure_ != nullptr) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  void serve(int32_t lane) {
    ExecutionContext context(*this, lane);
    uint64_t seen = 0;
    std::unique_lock lock(mutex_);
    while (true) {
      work_.wait(lock, [&] { return stopping_ || generation_ != seen; });
      if (stopping_) return;
      seen = generation_;
      if (static_cast<size_t>(lane) >= parts_.size()) continue;
      const SequenceRange range = parts_[static_cast<size_t>(lane)];
      const LanePart part{lane, range.first, batch_->start(range.first),
                          on_host(batch_->slice(range.first, range.count))};
      const LaneFunction& function = *function_;
      lock.unlock();
      std::exception_ptr failure;
      try {
        const Workspace::Scope scope(context.workspace());
        function(context, part);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure != nullptr && failure_ == nullptr) failure_ = failure;
      if (--unfinished_ == 0) done_.notify_one();
    }
  }

  DeviceInfo info_;
  std::mutex mutex_;
  std::condition_variable work_, done_;
  std::vector<SequenceRange> parts_;
  const PackedTokens* batch_ = nullptr;
  const LaneFunction* function_ = nullptr;
  std::exception_ptr failure_;
  int32_t unfinished_ = 0;
  uint64_t generation_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

int32_t usable_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  int32_t cores = 1;
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0)
    cores = CPU_COUNT(&mask);
  else
    cores = static_cast<int32_t>(std::thread::hardware_concurrency());
  const auto quota = cpu_quota("/proc/self/cgroup", "/sys/fs/cgroup");
  if (quota) cores = std::min(cores, static_cast<int32_t>(*quota));
  return std::max(1, cores);
}

Result<std::unique_ptr<Device>> open_cpu(const CpuOptions& options) {
  if (options.threads < 0 || options.threads > 1024)
    return fail(ErrorCode::unsupported,
                fmt::format("device cpu: threads is {}; use 1 to 1024, or 0 for one per usable core", options.threads));
  return std::make_unique<CpuDevice>(options.threads == 0 ? usable_cores() : options.threads);
}

std::string_view to_string(DeviceKind kind) { return kind == DeviceKind::cpu ? "cpu" : "cuda"; }

}  // namespace weir
