#pragma once

#include <span>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "messages/ticket.hpp"

namespace weir::kafka {

// Where a committer keeps the offsets that are done, and what it waits together with. KafkaSource is one; for a source
// without a group, such as a file, it does nothing. One thread.
class OffsetKeeper {
 public:
  virtual ~OffsetKeeper() = default;

  // Everything before `next` is done; committed soon. Never goes back; false: the partition is not ours any more.
  virtual bool store(TopicPartition at, Offset next) = 0;

  // Commits what was stored of these partitions and waits for the broker's word until `limit`.
  virtual Result<void> commit(std::span<const TopicPartition> partitions, TimePoint limit) = 0;

  // The eventfd that ends the source's wait: delivery reports write to it. -1: there is none.
  virtual int wake_fd() const = 0;
};

}  // namespace weir::kafka
