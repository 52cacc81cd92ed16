#include "device/cpu/cpu_quota.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace weir {
namespace {

namespace fs = std::filesystem;

class CpuQuota : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
  }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }
  std::optional<double> quota() { return cpu_quota((folder_ / "self").string(), (folder_ / "fs").string()); }

  fs::path folder_;
};

TEST_F(CpuQuota, is_absent_without_limits) {
  write("self", "0::/a/b\n");
  write("fs/a/b/cpu.max", "max 100000\n");
  EXPECT_FALSE(quota());
}

TEST_F(CpuQuota, is_the_smallest_on_the_way_up) {
  write("self", "0::/a/b\n");
  write("fs/a/b/cpu.max", "400000 100000\n");
  write("fs/a/cpu.max", "150000 100000\n");
  EXPECT_DOUBLE_EQ(quota().value(), 1.5);
}

TEST_F(CpuQuota, reads_a_container_that_sees_its_own_root) {
  write("self", "0::/\n");
  write("fs/cpu.max", "200000 100000\n");
  EXPECT_DOUBLE_EQ(quota().value(), 2.0);
}

TEST_F(CpuQuota, reads_version_1) {
  write("self", "5:memory:/m\n4:cpu,cpuacct:/box\n");
  write("fs/cpu/box/cpu.cfs_quota_us", "300000\n");
  write("fs/cpu/box/cpu.cfs_period_us", "100000\n");
  EXPECT_DOUBLE_EQ(quota().value(), 3.0);
}

TEST_F(CpuQuota, ignores_what_it_cannot_read) {
  EXPECT_FALSE(quota());
  write("self", "nonsense\n0::/x\n");
  write("fs/x/cpu.max", "many 0\n");
  EXPECT_FALSE(quota());
}

}  // namespace
}  // namespace weir
