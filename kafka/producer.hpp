#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "kafka/handles.hpp"
#include "kafka/trouble_log.hpp"
#include "messages/out_record.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir::kafka {

// What became of one record.
struct Report {
  void* opaque;  // as given to `produce`
  rd_kafka_resp_err_t err;
  std::string_view topic;
  size_t bytes;  // of its value
};

// An idempotent producer that keeps trying until a record is written: records of one topic and partition are written in
// the order of `produce`, each exactly once while this producer lives. Reports come inside `serve`, `produce` never
// waits. When librdkafka gives up for good (`broken`), `reopen` reports every record that is still out and starts
// afresh. One thread.
class Producer {
 public:
  using OnReport = std::function<void(const Report&)>;

  // `wake_fd`: an eventfd to ring when reports arrive, or -1. `known_topics`: those whose handles are kept for good.
  static Result<std::unique_ptr<Producer>> open(const KafkaProperties& properties, int64_t max_message_bytes,
                                                int wake_fd, std::span<const std::string> known_topics,
                                                OnReport on_report);
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Takes a record whose value must stay where it is until its report. NO_ERROR: taken, a report will come.
  // _QUEUE_FULL: try again after `serve`. Anything else: not taken, and why.
  rd_kafka_resp_err_t produce(const OutRecord& record, void* opaque);

  void serve(Duration wait);  // reports, for at least one up to `wait`
  Result<void> reopen();
  void fail_for_good(std::string_view reason);  // for tests: as if librdkafka had lost count

  bool broken() const { return broken_; }
  const std::string& reason() const { return reason_; }  // why it is broken
  int out() const { return rd_kafka_outq_len(rk_.get()); }

 private:
  Producer(const KafkaProperties& properties, int64_t max_message_bytes, int wake_fd,
           std::span<const std::string> known_topics, OnReport on_report);
  Result<void> start();
  void stop();
  bool failed_for_good();  // asks librdkafka; then broken
  rd_kafka_topic_t* topic(std::string_view name);

  static void report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque);
  static void error(rd_kafka_t* rk, int code, const char* reason, void* opaque);

  const KafkaProperties properties_;
  const int64_t max_message_bytes_;
  const int wake_fd_;
  const std::vector<std::string> known_topics_;
  const OnReport on_report_;
  TroubleLog trouble_{"producer_trouble"};
  HandlePtr rk_;
  QueuePtr main_;
  std::unordered_map<std::string_view, TopicPtr> topics_;  // keys are librdkafka's own copies of the names
  std::deque<std::string_view> passing_;                   // of topics_, those that records named, oldest first
  bool broken_ = false;
  std::string reason_;
};

}  // namespace weir::kafka
