#pragma once

#include <optional>
#include <string>

namespace weir {

// CPU time a second that the control group of this process grants, in cores: the smallest limit on the way up to the
// root. Nothing when there is no limit. `membership` is /proc/self/cgroup, `root` the mount of the cgroup file system;
// v2 (cpu.max) and v1 (cpu.cfs_quota_us under cpu or cpu,cpuacct) are read.
std::optional<double> cpu_quota(const std::string& membership, const std::string& root);

}  // namespace weir
