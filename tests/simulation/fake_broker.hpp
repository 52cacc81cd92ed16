#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/out_record.hpp"
#include "messages/ticket.hpp"

namespace weir {

// A record of an input partition.
struct FakeRecord {
  Offset offset{};
  std::optional<std::string> key{};
  std::optional<std::string> value{};
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
  int64_t timestamp_ms = -1;
};

// One thing that happened at the broker or at one of its clients, for checkers and tests to look at afterwards.
struct FakeEvent {
  enum class Kind : uint8_t {
    assigned,    // `offset`: where reading starts
    shown,       // a record was handed to the process; `bytes` of key and value
    wrote,       // a record is in `topic`, caused by the input record at `offset`; invisible if its transaction aborted
    committed,   // `offset` is the next one to be read by whoever comes
    durable,     // the process was told that all up to `offset` is durable
    gave_up,     // a revoke or a loss is over: the partition is nobody's
    crashed,     // the process is gone, with all that it held
    overcommit,  // a commit for a partition that is not the process's
  };
  Kind kind{};
  int32_t process = 0;
  TopicPartition at{};
  Offset offset{};
  uint32_t epoch = 0;
  int64_t bytes = 0;
  bool visible = true;
  bool lost = false;  // gave_up
  std::string topic{};
  std::optional<std::string> key{};
  std::optional<std::string> value{};
  std::vector<std::pair<std::string, std::string>> headers{};
};

// Input partitions, committed offsets, owners, and all that was ever written, in order. It outlives the processes that
// read from it, so a test can end one and start another. For one thread.
class FakeBroker {
 public:
  static constexpr int32_t kNobody = -1;

  struct Partition {
    std::vector<FakeRecord> records;  // offsets rise and may have gaps
    Offset end;                       // after the last record, control records included
    Offset committed;
    int32_t owner = kNobody;
    int32_t zombie = kNobody;  // lost it and has not noticed yet; the broker refuses what it commits
  };

  // Appends a record after `gap` offsets that hold nothing.
  Offset produce(TopicPartition at, std::optional<std::string> value, int64_t gap = 0);
  void produce(TopicPartition at, FakeRecord record);  // its offset is set here
  void produce_control(TopicPartition at) { ++partition(at).end.value; }

  void write(int32_t process, const Ticket& cause, const OutRecord& record, bool visible);
  void commit(int32_t process, TopicPartition at, Offset next);
  void note(FakeEvent event) { history.push_back(std::move(event)); }

  Partition& partition(TopicPartition at) { return partitions[at]; }

  std::map<TopicPartition, Partition> partitions;
  std::vector<FakeEvent> history;
};

}  // namespace weir
