#include "files/descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>

#include <fmt/format.h>

namespace weir {

Error io_failure(std::string_view what, const std::string& path) {
  const auto reason = std::generic_category().message(errno);
  return {errno == ENOENT ? ErrorCode::not_found : ErrorCode::io_error,
          fmt::format("cannot {} {}: {}", what, path, reason)};
}

Result<Descriptor> open_path(const std::string& path, bool append) {
  if (path == "-") return Descriptor(append ? STDOUT_FILENO : STDIN_FILENO);
  Descriptor file(::open(path.c_str(), (append ? O_WRONLY | O_APPEND | O_CREAT : O_RDONLY) | O_CLOEXEC, 0666));
  if (file.get() < 0) return fail(io_failure(append ? "write" : "read", path));
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode))
    return fail(ErrorCode::io_error, fmt::format("cannot read {}: it is a directory, name a file", path));
  return file;
}

}  // namespace weir
