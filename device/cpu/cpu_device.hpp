#pragma once

#include <cstdint>
#include <memory>

#include "base/error.hpp"
#include "device/device.hpp"

namespace weir {

struct CpuOptions {
  int32_t threads = 0;  // lanes; 0: usable_cores(); at most 1024
};

// Cores this process may use: its affinity mask, and the CPU quota of its control group rounded down. At least 1.
int32_t usable_cores();

// The processor as a device. It owns `threads` threads, one lane each, which sleep between batches; kernels inside a
// lane are single-threaded and a batch has no barrier inside a forward. The threads end with the device. Errors:
// unsupported (threads out of bounds, or a processor below AVX2, which still works but is named in `isa`).
Result<std::unique_ptr<Device>> open_cpu(const CpuOptions& options = {});

}  // namespace weir
