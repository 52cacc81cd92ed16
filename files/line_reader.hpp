#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "files/descriptor.hpp"

namespace weir {

// Lines of a file, a pipe or a terminal, without waiting for more than is there. A line ends with LF or CR LF; the last
// one may end with the file. Of a line longer than `longest` only its first `longest` + 1 bytes come, so that whoever
// checks the same limit sees that it was broken. For one thread.
class LineReader {
 public:
  LineReader(Descriptor file, std::string path, size_t longest)
      : file_(std::move(file)), path_(std::move(path)), longest_(longest), buffer_(first_buffer) {}

  // The next line, if it is there; valid until the next call. nullopt: nothing now, or at_end().
  Result<std::optional<std::string_view>> next();

  // Whether next() has a line at once; reads what is there to find out.
  Result<bool> ready();

  bool at_end() const { return ended_ && begin_ == end_; }
  int descriptor() const { return file_.get(); }

 private:
  std::optional<std::string_view> buffered();
  Result<bool> fill();

  static constexpr size_t first_buffer = 64 * 1024;

  Descriptor file_;
  std::string path_;
  size_t longest_;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // of what was read and not given out
  size_t end_ = 0;
  size_t scanned_ = 0;  // no LF in [begin_, scanned_)
  bool ended_ = false;
  bool skipping_ = false;  // the rest of an over-long line
};

}  // namespace weir
