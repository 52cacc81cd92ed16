#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "files/line_reader.hpp"
#include "messages/format.hpp"
#include "pipeline/delivery/ports.hpp"

namespace weir {

struct FileSourceOptions {
  std::string path;        // "-": stdin
  bool skip_blank = true;  // blank lines are no records; false for the text format, where they are empty texts
  size_t max_line_bytes = max_value_bytes;  // of a longer line the record has one byte more, and its decoder refuses it
};

// A file of one record a line as a source with one partition, {0, 0}: no keys, no headers. The offset of a record is
// the number of its line, from 0, blank lines counted. Nothing remembers how far a run got: each begins at the first
// line. A pipe or a terminal is read as its lines come. `end` comes once, after the last line.
class FileSource final : public Source {
 public:
  // not_found, io_error
  static Result<std::unique_ptr<FileSource>> open(const FileSourceOptions& options);

  Result<std::vector<SourceEvent>> events(Duration wait) override;
  Result<uint32_t> poll(TopicPartition at, uint32_t records, int64_t bytes,
                        const std::function<void(const RawRecord&)>& visit) override;
  void wake() override;
  Result<void> release(std::span<const TopicPartition>) override { return {}; }
  Result<void> close() override { return {}; }

 private:
  FileSource(LineReader lines, Descriptor wake, bool skip_blank)
      : lines_(std::move(lines)), wake_(std::move(wake)), skip_blank_(skip_blank) {}

  Result<bool> record_ready();
  void await(Duration wait, bool lines);

  LineReader lines_;
  Descriptor wake_;  // an eventfd
  bool skip_blank_;
  int64_t next_ = 0;  // line number
  bool assigned_ = false;
  bool ended_ = false;
  bool short_ = true;  // the last poll wanted more than there was
};

}  // namespace weir
