#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "kafka/handles.hpp"
#include "messages/out_record.hpp"
#include "pipeline/delivery/ports.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir::kafka {

// Writes records that live only during the call, one after another: `weir produce` and tests. One thread.
class RecordWriter {
 public:
  static Result<std::unique_ptr<RecordWriter>> open(const KafkaProperties& properties, Duration limit);

  // Copies and queues the record; waits while the queue is full. An earlier record's failure is returned here or by
  // `flush`. `partition`: -1 lets the key decide.
  Result<void> write(const OutRecord& record, int32_t partition = -1);
  Result<void> flush(Duration limit);  // until everything written is acknowledged

  int64_t acknowledged() const { return acknowledged_; }

 private:
  RecordWriter() = default;

  TopicPtr& topic(std::string_view name);
  Result<void> failure() const;

  std::string failure_;
  int64_t acknowledged_ = 0;
  HandlePtr rk_;
  std::map<std::string, TopicPtr, std::less<>> topics_;
};

// Reads topics from their oldest record, without a group: `weir consume`, checks of the demo and of tests. One thread.
class RecordReader {
 public:
  static Result<std::unique_ptr<RecordReader>> open(const KafkaProperties& properties,
                                                    const std::vector<std::string>& topics, Duration limit);
  ~RecordReader();

  // Shows what has arrived, waiting up to `wait` for a first record; returns how many. TopicPartition::topic is an
  // index into the topics.
  Result<uint32_t> read(Duration wait, const std::function<void(const RawRecord&)>& visit);

  // Every record that was there at the last read has been shown.
  bool at_end() const { return at_end_count_ == partitions_.size(); }

 private:
  RecordReader() = default;

  std::vector<std::string> topics_;
  HandlePtr rk_;
  std::map<TopicPartition, bool> partitions_;  // at its end?
  size_t at_end_count_ = 0;
};

}  // namespace weir::kafka
