#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "files/descriptor.hpp"
#include "pipeline/delivery/ports.hpp"

namespace weir {

struct FileCommitterOptions {
  std::vector<std::string> paths;                           // every `topic` that records may name; "-": stdout
  Duration sync_interval = std::chrono::milliseconds(100);  // of regular files: how often they are put on disk
};

// Appends the value of each record as a line to the file that its `topic` names. Durable: on disk (fdatasync) for
// regular files; handed over for pipes and terminals, which are written only as far as their reader keeps up, so that a
// slow one is back-pressure and never a hang. Tombstones write nothing. Values must be lines, as JSON and text outcomes
// are.
//
// A file that ends in the middle of a line, since an earlier run died, gets a line feed first. A reader that goes away
// is an io_error, if the process ignores SIGPIPE.
class FileCommitter final : public Committer {
 public:
  // io_error, not_found
  static Result<std::unique_ptr<FileCommitter>> open(const FileCommitterOptions& options);

  Result<void> append(std::vector<Release> releases) override;
  Result<std::vector<Ticket>> durable(TimePoint now) override;
  Result<void> advance(TopicPartition, Offset) override { return {}; }
  Result<void> revoke(std::span<const TopicPartition> partitions, bool lost, TimePoint limit) override;
  Result<void> drain(TimePoint limit) override;
  int64_t pending_bytes() const override { return pending_bytes_; }

 private:
  // Positions count bytes from the start of this process.
  struct Output {
    std::string path;
    Descriptor file;
    bool regular = false;
    std::string buffer;  // what is appended and not written begins at `head`
    size_t head = 0;
    int64_t appended = 0;
    int64_t written = 0;
    int64_t durable = 0;
    TimePoint synced_at{};

    Result<bool> write();  // false: the reader is slow
    Result<void> sync();
  };
  // A release is durable when each output is durable up to `ends`.
  struct Pending {
    Ticket ticket;
    int64_t bytes;
  };

  explicit FileCommitter(Duration sync_interval) : sync_interval_(sync_interval) {}

  Result<void> append_records(const OutSpan& span);
  void collect(std::vector<Ticket>& done);

  Duration sync_interval_;
  std::vector<Output> outputs_;
  std::deque<Pending> pending_;
  std::deque<int64_t> ends_;  // outputs_.size() for each pending release
  int64_t pending_bytes_ = 0;
};

}  // namespace weir
