#include "device/cpu/cpu_quota.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace weir {
namespace {

std::optional<double> limit_in(const std::string& folder) {
  std::string quota;
  double period = 0;
  if (std::ifstream v2(folder + "/cpu.max"); v2 >> quota >> period) {
    if (quota == "max" || period <= 0) return std::nullopt;
    return std::stod(quota) / period;
  }
  double allowed = 0;
  std::ifstream v1_quota(folder + "/cpu.cfs_quota_us"), v1_period(folder + "/cpu.cfs_period_us");
  if (v1_quota >> allowed && v1_period >> period && allowed > 0 && period > 0) return allowed / period;
  return std::nullopt;
}

}  // namespace

std::optional<double> cpu_quota(const std::string& membership, const std::string& root) {
  std::optional<double> smallest;
  const auto walk_up = [&](const std::string& base, std::string path) {
    while (true) {
      if (const auto limit = limit_in(base + path)) smallest = smallest ? std::min(*smallest, *limit) : *limit;
      if (path.empty()) return;
      path.resize(path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/'));
    }
  };
  std::ifstream file(membership);
  for (std::string line; std::getline(file, line);) {  // "0::/path" (v2) or "4:cpu,cpuacct:/path" (v1)
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (path == "/") path.clear();
    if (controllers.empty())
      walk_up(root, path);
    else if (controllers == "cpu" || controllers.find("cpu,") != std::string::npos)
      walk_up(root + "/cpu", path);
  }
  return smallest;
}

}  // namespace weir
