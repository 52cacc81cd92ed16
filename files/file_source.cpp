#include "files/file_source.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>

namespace weir {

Result<std::unique_ptr<FileSource>> FileSource::open(const FileSourceOptions& options) {
  auto file = open_path(options.path, false);
  if (!file) return fail(file.error());
  Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) return fail(io_failure("make an eventfd for", options.path));
  LineReader lines(std::move(*file), options.path, options.max_line_bytes);
  return std::unique_ptr<FileSource>(new FileSource(std::move(lines), std::move(wake), options.skip_blank));
}

Result<std::vector<SourceEvent>> FileSource::events(Duration wait) {
  if (!std::exchange(assigned_, true))
    return std::vector<SourceEvent>{{SourceEvent::Kind::assigned, {TopicPartition{}}, {}}};
  bool waited = false;
  while (true) {
    if (!ended_ && short_) {
      const auto ready = lines_.ready();
      if (!ready) return fail(ready.error());
      if (*ready) return std::vector<SourceEvent>{};
      if (lines_.at_end()) {
        ended_ = true;
        return std::vector<SourceEvent>{{SourceEvent::Kind::end, {TopicPartition{}}, Offset{next_}}};
      }
    }
    if (waited) return std::vector<SourceEvent>{};
    await(wait, short_ && !ended_);
    waited = true;
  }
}

// Until a wake, or until there is more to read.
void FileSource::await(Duration wait, bool lines) {
  std::array<pollfd, 2> wanted{pollfd{wake_.get(), POLLIN, 0}, pollfd{lines_.descriptor(), POLLIN, 0}};
  const timespec limit{static_cast<time_t>(wait.count() / 1'000'000'000),
                       static_cast<long>(wait.count() % 1'000'000'000)};
  ::ppoll(wanted.data(), lines ? 2 : 1, &limit, nullptr);
  uint64_t wakes = 0;
  [[maybe_unused]] const auto drained = ::read(wake_.get(), &wakes, sizeof wakes);
}

Result<uint32_t> FileSource::poll([[maybe_unused]] TopicPartition at, uint32_t records, int64_t bytes,
                                  const std::function<void(const RawRecord&)>& visit) {
  assert(at == TopicPartition{});
  uint32_t shown = 0;
  int64_t shown_bytes = 0;
  short_ = false;
  while (shown < records && shown_bytes < bytes) {
    const auto line = lines_.next();
    if (!line) return fail(line.error());
    if (!*line) {
      short_ = true;
      break;
    }
    const Offset offset(next_++);
    if ((*line)->empty() && skip_blank_) continue;
    RawRecord record;
    record.offset = offset;
    record.value = **line;
    visit(record);
    ++shown;
    shown_bytes += static_cast<int64_t>((*line)->size());
  }
  return shown;
}

void FileSource::wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

}  // namespace weir
