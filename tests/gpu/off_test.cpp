#include <gtest/gtest.h>

#include "gpu/devices.hpp"

namespace weir {
namespace {

TEST(GpuOff, lists_no_devices) { EXPECT_TRUE(gpu::list_devices().empty()); }

TEST(GpuOff, refuses_to_open_one_and_says_why) {
  const auto device = gpu::open("cuda:0");
  ASSERT_FALSE(device.has_value());
  EXPECT_EQ(device.error().code, ErrorCode::unsupported);
  EXPECT_NE(device.error().message.find("cuda:0"), std::string::npos);
  EXPECT_NE(device.error().message.find("built without CUDA"), std::string::npos);
}

}  // namespace
}  // namespace weir
