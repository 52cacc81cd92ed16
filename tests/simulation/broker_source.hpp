#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "pipeline/delivery/ports.hpp"
#include "tests/simulation/fake_broker.hpp"

namespace weir {

// One process's view of a FakeBroker. A test says what happens to its assignment; reading starts at the committed
// offset. At the end of a partition it reports `end`, again after each new record. Never waits.
class BrokerSource final : public Source {
 public:
  // A poll that was asked for.
  struct Poll {
    TopicPartition at;
    uint32_t asked = 0;
    int64_t bytes = 0;
    uint32_t shown = 0;
  };

  explicit BrokerSource(FakeBroker& broker, int32_t process = 0) : broker_(broker), process_(process) {}

  void assign(const std::vector<TopicPartition>& partitions);
  void revoke(const std::vector<TopicPartition>& partitions);
  void lose(const std::vector<TopicPartition>& partitions);   // the owner changes now, the process hears of it later
  void fail_next(Error error) { error_ = std::move(error); }  // whichever call comes next

  Result<std::vector<SourceEvent>> events(Duration wait) override;
  Result<uint32_t> poll(TopicPartition at, uint32_t records, int64_t bytes,
                        const std::function<void(const RawRecord&)>& visit) override;
  Offset end_offset(TopicPartition at) const override { return broker_.partition(at).end; }
  void wake() override { ++wakes; }
  Result<void> release(std::span<const TopicPartition> partitions) override;
  Result<void> close() override;

  bool owns(TopicPartition at) const { return position_.count(at) > 0; }
  bool busy() const { return !events_.empty(); }  // events that the process has not seen

  std::vector<Poll> polls;
  std::vector<TopicPartition> released;
  std::vector<Duration> waits;  // what `events` was asked to wait
  std::atomic<int> wakes{0};
  bool closed = false;

 private:
  struct Position {
    Offset next;
    std::optional<Offset> end_told;
    bool lost = false;
  };
  Result<void> take_error();
  void give_up(TopicPartition at);

  FakeBroker& broker_;
  const int32_t process_;
  std::deque<SourceEvent> events_;
  std::map<TopicPartition, Position> position_;
  std::optional<Error> error_;
};

}  // namespace weir
