#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "messages/out_record.hpp"
#include "messages/ticket.hpp"

namespace weir {

// One job is done on some of its branches; `records` is what it causes there (nothing: routed away, or a failure whose
// dead letter another branch writes).
struct Finished {
  Ticket ticket;
  OutSpan records;
  uint16_t branches = 1;
  std::optional<ErrorCode> failure;
};

// What a job holds turned out larger or smaller than was estimated at admission, by so many bytes.
struct Repriced {
  Ticket ticket;
  int64_t change = 0;
};

// Where results wait for the delivery thread. Posting is safe from any thread; batches keep the order of their poster.
class Inbox {
 public:
  struct Batches {
    std::vector<std::vector<Finished>> finished;
    std::vector<std::vector<Repriced>> repriced;
    bool empty() const { return finished.empty() && repriced.empty(); }
  };

  // True when the delivery thread has to be woken: nothing was waiting before.
  bool post(std::vector<Finished> batch) { return post_to(&Batches::finished, std::move(batch)); }
  bool post(std::vector<Repriced> batch) { return post_to(&Batches::repriced, std::move(batch)); }

  Batches take() {
    std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }

 private:
  template <typename T>
  bool post_to(std::vector<std::vector<T>> Batches::*list, std::vector<T> batch) {
    if (batch.empty()) return false;
    std::lock_guard lock(mutex_);
    const bool first = waiting_.empty();
    (waiting_.*list).push_back(std::move(batch));
    return first;
  }

  std::mutex mutex_;
  Batches waiting_;
};

}  // namespace weir
