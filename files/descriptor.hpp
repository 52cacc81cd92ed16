#pragma once

#include <string>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"

namespace weir {

// A file descriptor that closes itself, but not stdin and stdout.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }

  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// `path` is "-" for stdin, or stdout when `append`. Opened for reading, or for appending and made if it is not there.
// The error names the path and the reason.
Result<Descriptor> open_path(const std::string& path, bool append);

// "cannot read lines.jsonl: Permission denied", from errno.
Error io_failure(std::string_view what, const std::string& path);

}  // namespace weir
