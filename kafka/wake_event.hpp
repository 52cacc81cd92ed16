#pragma once

#include "base/clock.hpp"
#include "kafka/handles.hpp"

namespace weir::kafka {

// An eventfd that several librdkafka queues and other threads ring, and one thread sleeps on.
class WakeEvent {
 public:
  WakeEvent();
  ~WakeEvent();
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;

  void ring() const;                // any thread
  void sleep(Duration wait) const;  // returns when rung, now or since the last sleep
  int fd() const { return fd_; }

 private:
  int fd_;
};

// The queue rings `fd` when it gets something after its reader found it empty.
void ring_on_arrival(rd_kafka_queue_t* queue, int fd);

}  // namespace weir::kafka
