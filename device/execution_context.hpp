#pragma once

#include <cstdint>

#include "device/device.hpp"
#include "device/workspace.hpp"

namespace weir {

// What an operation needs besides its operands: the device, the lane and the lane's scratch memory. One per lane, made
// by the device, reused from batch to batch; an explicit parameter of everything that computes, so there is no hidden
// state. (A CUDA device adds its stream here.)
class ExecutionContext {
 public:
  explicit ExecutionContext(Device& device, int32_t lane = 0)
      : device_(device), lane_(lane), workspace_([&device](size_t bytes) { return device.allocate(bytes); }) {}

  Device& device() const { return device_; }
  int32_t lane() const { return lane_; }
  Workspace& workspace() { return workspace_; }

 private:
  Device& device_;
  int32_t lane_;
  Workspace workspace_;
};

}  // namespace weir
