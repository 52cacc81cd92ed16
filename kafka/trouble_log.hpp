#pragma once

#include <map>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "kafka/handles.hpp"

namespace weir::kafka {

// Logs what librdkafka will retry: each code at most once in ten seconds, with the number of those left out. One
// thread.
class TroubleLog {
 public:
  explicit TroubleLog(std::string_view event) : event_(event) {}
  void note(rd_kafka_resp_err_t code, std::string_view reason, TimePoint now);

 private:
  struct Seen {
    TimePoint last{};
    int left_out = 0;
  };
  std::string_view event_;
  std::map<rd_kafka_resp_err_t, Seen> seen_;
};

}  // namespace weir::kafka
