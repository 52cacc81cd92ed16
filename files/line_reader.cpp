#include "files/line_reader.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>

namespace weir {
namespace {

constexpr size_t keep_buffer = 1 << 20;

}  // namespace

Result<std::optional<std::string_view>> LineReader::next() {
  while (true) {
    if (const auto line = buffered()) return line;
    if (at_end()) return std::nullopt;
    const auto filled = fill();
    if (!filled) return fail(filled.error());
    if (!*filled) return std::nullopt;
  }
}

Result<bool> LineReader::ready() {
  while (true) {
    const size_t begin = begin_;
    const size_t scanned = scanned_;
    const bool skipping = skipping_;
    if (buffered()) {  // put it back
      begin_ = begin;
      scanned_ = scanned;
      skipping_ = skipping;
      return true;
    }
    if (at_end()) return false;
    const auto filled = fill();
    if (!filled || !*filled) return filled;
  }
}

// A line that is in the buffer whole.
std::optional<std::string_view> LineReader::buffered() {
  while (begin_ < end_) {
    const char* at = buffer_.data();
    const auto* feed = static_cast<const char*>(std::memchr(at + scanned_, '\n', end_ - scanned_));
    const size_t stop = feed ? static_cast<size_t>(feed - at) : end_;
    const size_t length = stop - begin_;
    if (skipping_) {
      begin_ = scanned_ = feed ? stop + 1 : end_;
      skipping_ = !feed;
      continue;
    }
    if (!feed && !ended_ && length <= longest_ + 1) {
      scanned_ = end_;
      return std::nullopt;
    }
    std::string_view line(at + begin_, length);
    if (feed && !line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!feed && !ended_) {
      skipping_ = true;
      begin_ = scanned_ = end_;
    } else {
      begin_ = scanned_ = feed ? stop + 1 : end_;
    }
    return line.substr(0, longest_ + 1);
  }
  return std::nullopt;
}

// Reads what is there; false: nothing now. At the end of the file, true once more, since the last line is whole then.
Result<bool> LineReader::fill() {
  if (ended_) return false;
  pollfd wanted{file_.get(), POLLIN, 0};
  if (::poll(&wanted, 1, 0) <= 0) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    scanned_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    buffer_.resize(2 * buffer_.size());
  } else if (end_ == 0 && buffer_.size() > keep_buffer) {
    buffer_ = std::vector<char>(first_buffer);  // a rare long line must not keep its memory
  }
  const ssize_t got = ::read(file_.get(), buffer_.data() + end_, buffer_.size() - end_);
  if (got < 0) {
    if (errno == EINTR || errno == EAGAIN) return false;
    return fail(io_failure("read", path_));
  }
  ended_ = got == 0;
  end_ += static_cast<size_t>(got);
  return true;
}

}  // namespace weir
