// Times weir's encoder on batches of token ids, for bench/encoder/run to set beside other engines.
//
//   weir_encoder_bench --model DIR [--threads N] [--isa avx2]
//
// reads one command a line and answers each with one line of JSON:
//   info                     device, ISA, threads
//   gemm ROUNDS              rate of the matrix products alone
//   run FILE BATCH           FILE has a sequence of ids a line; batches of BATCH neighbours; seconds of one pass
//   dump FILE BATCH OUT      the same, hidden states of all tokens to OUT as floats
#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <hwy/targets.h>

#include "bench/encoder/gemm_rate.hpp"
#include "device/cpu/cpu_device.hpp"
#include "models/packed_batch.hpp"
#include "models/registry.hpp"

namespace weir {
namespace {

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <typename T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

struct Batches {
  std::vector<PackedBatch> list;
  int64_t tokens = 0;
  double squares = 0;  // of lengths
};

Batches read_batches(const std::string& file, size_t size) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file);
  Batches batches;
  std::vector<int32_t> ids;
  size_t in_batch = size;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    ids.assign(std::istream_iterator<int32_t>(words), {});
    if (in_batch == size) {
      batches.list.emplace_back().clear();
      in_batch = 0;
    }
    batches.list.back().add(ids);
    ++in_batch;
    batches.tokens += static_cast<int64_t>(ids.size());
    batches.squares += static_cast<double>(ids.size()) * static_cast<double>(ids.size());
  }
  return batches;
}

class Bench {
 public:
  Bench(const std::string& model, int32_t threads) {
    device_ = value_or_throw(open_cpu({.threads = threads}));
    config_ = value_or_throw(read_model_config(model));
    const auto store = value_or_throw(WeightStore::open(model));
    encoder_ = value_or_throw(load_encoder(config_, *store, *device_));
  }

  std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string verb, file, out;
    words >> verb;
    if (verb == "info") {
      const DeviceInfo& info = device_->info();
      return fmt::format(R"({{"device":"{}","isa":"{}","kernels":"{}","threads":{}}})", info.model, info.isa,
                         hwy::TargetName(hwy::SupportedTargets() & -hwy::SupportedTargets()), info.lanes);
    }
    if (verb == "gemm") {
      int rounds = 3;
      words >> rounds;
      return fmt::format(R"({{"gflops":{:.2f}}})", gemm_rate(*device_, config_, rounds));
    }
    size_t size = 32;
    words >> file >> size >> out;
    const auto [found, added] = files_.try_emplace(file + " " + std::to_string(size));
    if (added) found->second = read_batches(file, size);
    if (verb == "dump") return dump(found->second, out);
    if (verb != "run") throw std::runtime_error("unknown command " + verb);
    return run(found->second);
  }

 private:
  std::string run(const Batches& batches) {
    std::vector<float> hidden;
    const double cpu = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    for (const auto& batch : batches.list) forward(batch.view(), hidden);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const double gflop = 1e-9 * static_cast<double>(batches.tokens) *
                         model_flops(config_, batches.squares / static_cast<double>(batches.tokens));
    return fmt::format(R"({{"wall":{:.6f},"cpu":{:.6f},"tokens":{},"gflop":{:.4f}}})", wall.count(),
                       cpu_seconds() - cpu, batches.tokens, gflop);
  }

  std::string dump(const Batches& batches, const std::string& out) {
    std::ofstream file(out, std::ios::binary);
    std::vector<float> hidden;
    for (const auto& batch : batches.list) {
      forward(batch.view(), hidden);
      file.write(reinterpret_cast<const char*>(hidden.data()),
                 static_cast<std::streamsize>(static_cast<size_t>(batch.view().tokens()) * config_.hidden_size *
                                              sizeof(float)));
    }
    return fmt::format(R"({{"tokens":{}}})", batches.tokens);
  }

  void forward(const PackedTokens& tokens, std::vector<float>& hidden) {
    const int64_t columns = config_.hidden_size;
    hidden.resize(std::max(hidden.size(), static_cast<size_t>(tokens.tokens() * columns)));
    device_->run(tokens, [&](ExecutionContext& context, const LanePart& part) {
      encoder_->forward(context, part.tokens,
                        Tensor::of(hidden.data() + part.first_token * columns, {part.tokens.tokens(), columns}));
    });
  }

  std::unique_ptr<Device> device_;
  ModelConfig config_;
  std::unique_ptr<const Encoder> encoder_;
  std::map<std::string, Batches> files_;
};

int main_checked(int argc, char** argv) {
  std::string model;
  int32_t threads = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--model") model = value;
    if (name == "--threads") threads = std::stoi(value);
    if (name == "--isa" && value == "avx2") hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL);  // oneDNN: DNNL_MAX_CPU_ISA
  }
  Bench bench(model, threads);
  for (std::string line; std::getline(std::cin, line);) std::cout << bench.answer(line) << std::endl;
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  try {
    return weir::main_checked(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "weir_encoder_bench: " << error.what() << "\n";
    return 1;
  }
}
