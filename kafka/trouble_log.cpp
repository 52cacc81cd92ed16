#include "kafka/trouble_log.hpp"

namespace weir::kafka {

void TroubleLog::note(rd_kafka_resp_err_t code, std::string_view reason, TimePoint now) {
  const auto [it, first] = seen_.try_emplace(code);
  Seen& seen = it->second;
  if (!first && now - seen.last < std::chrono::seconds(10)) {
    ++seen.left_out;
    return;
  }
  log_warn(event_, {{"code", rd_kafka_err2name(code)}, {"reason", reason}, {"repeated", seen.left_out}});
  seen = {now, 0};
}

}  // namespace weir::kafka
