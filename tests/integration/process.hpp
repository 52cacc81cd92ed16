#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace weir::test {

// A child process whose output goes to a file; killed when it goes out of scope, and by the kernel when the test is
// killed.
class Process {
 public:
  // `environment` adds to the test's own. stderr and stdout both go to `log`.
  Process(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
          std::filesystem::path log);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const;
  // The exit code; 128 + signal when it was killed; -1 when it still runs at the end of the limit.
  int wait(std::chrono::seconds limit);
  bool running();

  pid_t pid() const { return pid_; }
  std::string output() const;      // what it wrote so far
  int64_t resident_bytes() const;  // now
  double cpu_seconds() const;      // user and system so far

 private:
  pid_t pid_ = -1;
  int status_ = -1;
  bool ended_ = false;
  std::filesystem::path log_;
};

// Asks `condition` every few milliseconds until it holds; false when the limit passes first.
bool eventually(std::chrono::seconds limit, const std::function<bool()>& condition);

}  // namespace weir::test
