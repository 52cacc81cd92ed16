#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "device/buffer.hpp"
#include "device/tokens.hpp"

namespace weir {

class ExecutionContext;

enum class DeviceKind : uint8_t { cpu, cuda };
std::string_view to_string(DeviceKind kind);

// What is known of a device; plain data for `inspect`, placement and reports.
struct DeviceInfo {
  DeviceKind kind = DeviceKind::cpu;
  std::string name;         // as it is named in a dataflow: "cpu", "cuda:0"
  std::string model;        // the processor's own name
  std::string isa;          // what its kernels use: "AVX-512", "AVX2"
  int32_t lanes = 1;        // parts of a batch that run at the same time (CPU: threads)
  size_t memory_bytes = 0;  // physical memory
};

// A lane's share of a batch: whole sequences, neighbours in the batch.
struct LanePart {
  int32_t lane = 0;
  int32_t first_sequence = 0;  // index in the batch of the part's first sequence
  int32_t first_token = 0;     // and of its first token
  DeviceTokens tokens;
};

// Something that computes. Owned by the program, shared by models (weights live in its memory) and used by one worker:
// only one thread at a time may call run(). Everything else may be called from any thread.
class Device {
 public:
  // Runs a part of a batch: the whole way from ids to pooled rows. Lanes call it at the same time from their own
  // threads, so it writes only to what belongs to its part. The context is the lane's own.
  using LaneFunction = std::function<void(ExecutionContext&, const LanePart&)>;

  virtual ~Device() = default;
  virtual const DeviceInfo& info() const = 0;
  DeviceKind kind() const { return info().kind; }

  // Memory of this device. Throws std::bad_alloc.
  virtual Buffer allocate(size_t bytes) = 0;

  // Splits the batch by cost into at most `lanes` parts, runs them side by side and returns when all are done. Rethrows
  // the first exception of a lane after the others have finished; the device stays usable.
  virtual void run(const PackedTokens& batch, const LaneFunction& function) = 0;
};

}  // namespace weir
