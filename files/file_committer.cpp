#include "files/file_committer.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <fmt/format.h>

namespace weir {
namespace {

// A torn last line of an earlier run must not swallow the next record.
bool ends_in_a_line(const std::string& path, off_t size) {
  if (size == 0) return true;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char last = '\n';
  return file.get() < 0 || ::pread(file.get(), &last, 1, size - 1) != 1 || last == '\n';
}

bool writable(int fd, int milliseconds) {
  pollfd wanted{fd, POLLOUT, 0};
  return ::poll(&wanted, 1, milliseconds) > 0;
}

}  // namespace

Result<std::unique_ptr<FileCommitter>> FileCommitter::open(const FileCommitterOptions& options) {
  std::unique_ptr<FileCommitter> committer(new FileCommitter(options.sync_interval));
  for (const std::string& path : options.paths) {
    const auto& known = committer->outputs_;
    if (std::any_of(known.begin(), known.end(), [&](const Output& o) { return o.path == path; })) continue;
    auto file = open_path(path, true);
    if (!file) return fail(file.error());
    Output output;
    output.path = path;
    output.file = std::move(*file);
    struct stat status {};
    output.regular = ::fstat(output.file.get(), &status) == 0 && S_ISREG(status.st_mode);
    if (output.regular && path != "-" && !ends_in_a_line(path, status.st_size)) {
      output.buffer.push_back('\n');
      output.appended = 1;
    }
    committer->outputs_.push_back(std::move(output));
  }
  return committer;
}

Result<void> FileCommitter::append(std::vector<Release> releases) {
  for (const Release& release : releases) {
    int64_t before = 0;
    for (const Output& output : outputs_) before += output.appended;
    if (auto done = append_records(release.first); !done) return done;
    for (const OutSpan& span : release.more)
      if (auto done = append_records(span); !done) return done;
    int64_t bytes = -before;
    for (const Output& output : outputs_) {
      ends_.push_back(output.appended);
      bytes += output.appended;
    }
    pending_.push_back({release.ticket, bytes});
    pending_bytes_ += bytes;
  }
  return {};
}

Result<void> FileCommitter::append_records(const OutSpan& span) {
  for (const OutRecord& record : span.records()) {
    const auto output =
        std::find_if(outputs_.begin(), outputs_.end(), [&](const Output& o) { return o.path == record.topic; });
    if (output == outputs_.end())
      return fail(ErrorCode::internal, fmt::format("a record is for '{}', which no file sink writes", record.topic));
    if (!record.value) continue;
    output->buffer += *record.value;
    output->buffer += '\n';
    output->appended += static_cast<int64_t>(record.value->size()) + 1;
  }
  return {};
}

Result<std::vector<Ticket>> FileCommitter::durable(TimePoint now) {
  std::vector<Ticket> done;
  for (Output& output : outputs_) {
    if (auto written = output.write(); !written) return fail(written.error());
    if (output.durable == output.written || now - output.synced_at < sync_interval_) continue;
    if (auto synced = output.sync(); !synced) return fail(synced.error());
    output.synced_at = now;
  }
  collect(done);
  return done;
}

// Tickets whose bytes are durable in all outputs, in the order of append.
void FileCommitter::collect(std::vector<Ticket>& done) {
  while (!pending_.empty()) {
    for (size_t i = 0; i < outputs_.size(); ++i)
      if (outputs_[i].durable < ends_[i]) return;
    done.push_back(pending_.front().ticket);
    pending_bytes_ -= pending_.front().bytes;
    pending_.pop_front();
    ends_.erase(ends_.begin(), ends_.begin() + static_cast<ptrdiff_t>(outputs_.size()));
  }
}

Result<void> FileCommitter::revoke(std::span<const TopicPartition>, bool lost, TimePoint limit) {
  if (!lost) return drain(limit);
  return {};  // nobody takes a file away
}

Result<void> FileCommitter::drain(TimePoint limit) {
  for (Output& output : outputs_) {
    while (true) {
      const auto written = output.write();
      if (!written) return fail(written.error());
      if (*written) break;
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now()).count();
      if (left <= 0 || !writable(output.file.get(), static_cast<int>(std::min<int64_t>(left, INT_MAX))))
        return fail(ErrorCode::unavailable, fmt::format("the reader of {} does not keep up", output.path));
    }
    if (output.durable == output.written) continue;
    if (auto synced = output.sync(); !synced) return synced;
  }
  return {};
}

Result<bool> FileCommitter::Output::write() {
  while (head < buffer.size()) {
    // A pipe that is writable takes PIPE_BUF bytes without blocking, whoever else holds its other end.
    if (!regular && !writable(file.get(), 0)) return false;
    const size_t most = regular ? buffer.size() - head : std::min<size_t>(buffer.size() - head, PIPE_BUF);
    const ssize_t put = ::write(file.get(), buffer.data() + head, most);
    if (put < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return false;
      return fail(io_failure("write", path == "-" ? "stdout" : path));
    }
    head += static_cast<size_t>(put);
    written += put;
    if (!regular) durable = written;
    if (head > (1 << 20) && head < buffer.size()) {
      buffer.erase(0, head);
      head = 0;
    }
  }
  buffer.clear();
  head = 0;
  return true;
}

Result<void> FileCommitter::Output::sync() {
  if (regular && ::fdatasync(file.get()) != 0) return fail(io_failure("sync", path == "-" ? "stdout" : path));
  durable = written;
  return {};
}

}  // namespace weir
