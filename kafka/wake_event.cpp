#include "kafka/wake_event.hpp"

#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace weir::kafka {
namespace {
constexpr uint64_t one = 1;
}

WakeEvent::WakeEvent() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::system_category(), "eventfd");
}

WakeEvent::~WakeEvent() { close(fd_); }

void WakeEvent::ring() const {
  // A full counter has been rung already.
  [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
}

void WakeEvent::sleep(Duration wait) const {
  pollfd on{fd_, POLLIN, 0};
  const timespec limit{static_cast<time_t>(wait.count() / 1'000'000'000),
                       static_cast<long>(wait.count() % 1'000'000'000)};
  ppoll(&on, 1, &limit, nullptr);
  uint64_t rung = 0;
  [[maybe_unused]] const auto got = read(fd_, &rung, sizeof rung);
}

void ring_on_arrival(rd_kafka_queue_t* queue, int fd) { rd_kafka_queue_io_event_enable(queue, fd, &one, sizeof one); }

}  // namespace weir::kafka
