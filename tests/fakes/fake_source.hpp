#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/delivery/ports.hpp"

namespace weir {

// A source whose partitions are vectors; the test appends records and says what is assigned. For one thread.
class FakeSource final : public Source {
 public:
  struct Record {
    int64_t offset;
    std::optional<std::string> key, value;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
    int64_t timestamp_ms = -1;
  };
  struct Log {
    std::vector<Record> records;
    size_t position = 0;
    int64_t end = 0;
    bool assigned = false;
    int64_t end_reported = -1;
  };

  void append(TopicPartition at, std::string value) {
    append(at, Record{logs[at].end, "key", std::move(value), {}, -1});
  }
  void append(TopicPartition at, Record record) {
    logs[at].end = record.offset + 1;
    logs[at].records.push_back(std::move(record));
  }
  void mark(TopicPartition at, int64_t count) { logs[at].end += count; }  // control records
  void assign(const std::vector<TopicPartition>& partitions) {
    for (TopicPartition at : partitions) logs[at].position = 0, logs[at].assigned = true, logs[at].end_reported = -1;
    pending.push_back({SourceEvent::Kind::assigned, partitions, {}});
  }
  void revoke(const std::vector<TopicPartition>& partitions) {
    pending.push_back({SourceEvent::Kind::revoke, partitions, {}});
  }
  void lose(const std::vector<TopicPartition>& partitions) {
    pending.push_back({SourceEvent::Kind::lost, partitions, {}});
  }

  Result<std::vector<SourceEvent>> events(Duration wait) override {
    waits.push_back(wait);
    if (fail_events) return fail(*fail_events);
    auto out = std::exchange(pending, {});
    for (auto& [at, log] : logs) {
      if (!log.assigned || log.position < log.records.size() || log.end_reported == log.end) continue;
      log.end_reported = log.end;
      out.push_back({SourceEvent::Kind::end, {at}, Offset{log.end}});
    }
    return out;
  }
  Result<uint32_t> poll(TopicPartition at, uint32_t records, int64_t bytes,
                        const std::function<void(const RawRecord&)>& visit) override {
    if (fail_poll) return fail(*fail_poll);
    Log& log = logs[at];
    uint32_t shown = 0;
    for (; log.assigned && shown < records && bytes > 0 && log.position < log.records.size(); ++shown) {
      const Record& record = log.records[log.position++];
      std::vector<Header> headers;
      for (const auto& [name, value] : record.headers) headers.push_back({name, value});
      bytes -= static_cast<int64_t>(record.value ? record.value->size() : 0);
      visit({at, Offset{record.offset}, record.key, record.value, headers, record.timestamp_ms});
    }
    return shown;
  }
  Offset end_offset(TopicPartition at) const override { return Offset{logs.count(at) ? logs.at(at).end : -1}; }
  void wake() override {}
  Result<void> release(std::span<const TopicPartition> partitions) override {
    for (TopicPartition at : partitions) logs[at].assigned = false, released.push_back(at);
    return {};
  }
  Result<void> close() override {
    closed = true;
    return {};
  }

  std::map<TopicPartition, Log> logs;
  std::vector<SourceEvent> pending;
  std::vector<TopicPartition> released;
  std::vector<Duration> waits;
  bool closed = false;
  std::optional<Error> fail_events, fail_poll;
};

}  // namespace weir
