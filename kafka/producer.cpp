#include "kafka/producer.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "kafka/properties.hpp"
#include "kafka/record_view.hpp"
#include "kafka/wake_event.hpp"

namespace weir::kafka {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// Reply topics are named by records, so their number is anybody's choice.
constexpr size_t passing_limit = 256;

}  // namespace

Producer::Producer(const KafkaProperties& properties, int64_t max_message_bytes, int wake_fd,
                   std::span<const std::string> known_topics, OnReport on_report)
    : properties_(properties),
      max_message_bytes_(max_message_bytes),
      wake_fd_(wake_fd),
      known_topics_(known_topics.begin(), known_topics.end()),
      on_report_(std::move(on_report)) {}

Result<std::unique_ptr<Producer>> Producer::open(const KafkaProperties& properties, int64_t max_message_bytes,
                                                 int wake_fd, std::span<const std::string> known_topics,
                                                 OnReport on_report) {
  std::unique_ptr<Producer> producer(
      new Producer(properties, max_message_bytes, wake_fd, known_topics, std::move(on_report)));
  if (auto started = producer->start(); !started) return fail(started.error());
  return producer;
}

Producer::~Producer() { stop(); }

Result<void> Producer::start() {
  auto conf = make_conf(Role::producer, properties_,
                        {{"enable.idempotence", "true"},
                         {"message.timeout.ms", "0"},  // as long as it takes: records are dropped by nobody
                         {"message.max.bytes", std::to_string(max_message_bytes_)}});
  if (!conf) return fail(conf.error());
  rd_kafka_conf_set_opaque(conf->get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf->get(), &Producer::report);
  rd_kafka_conf_set_error_cb(conf->get(), &Producer::error);
  std::array<char, 512> text{};
  rk_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf->get(), text.data(), text.size()));
  if (!rk_) return fail(ErrorCode::invalid_config, text.data());
  (void)conf->release();  // the client owns it now
  main_.reset(rd_kafka_queue_get_main(rk_.get()));
  if (wake_fd_ >= 0) ring_on_arrival(main_.get(), wake_fd_);
  // A handle asks for its topic's metadata at once, so that the first record need not wait for it.
  for (const std::string& name : known_topics_) topic(name);
  return {};
}

void Producer::stop() {
  if (!rk_) return;
  rd_kafka_purge(rk_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(rk_.get(), 5000);  // hands out the reports of what was purged
  if (wake_fd_ >= 0) ring_on_arrival(main_.get(), -1);
  topics_.clear();
  passing_.clear();
  main_.reset();
  rk_.reset();
}

Result<void> Producer::reopen() {
  log_warn("producer_recycled", {{"reason", reason_}});
  stop();
  broken_ = false;
  reason_.clear();
  return start();
}

void Producer::fail_for_good(std::string_view reason) {
  rd_kafka_test_fatal_error(rk_.get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, std::string(reason).c_str());
}

rd_kafka_topic_t* Producer::topic(std::string_view name) {
  if (const auto it = topics_.find(name); it != topics_.end()) return it->second.get();
  TopicPtr handle(rd_kafka_topic_new(rk_.get(), std::string(name).c_str(), nullptr));
  if (!handle) return nullptr;
  rd_kafka_topic_t* raw = handle.get();
  const std::string_view own_name = rd_kafka_topic_name(raw);
  if (std::ranges::find(known_topics_, name) == known_topics_.end()) {
    if (passing_.size() == passing_limit) {
      topics_.erase(passing_.front());
      passing_.pop_front();
    }
    passing_.push_back(own_name);
  }
  topics_.emplace(own_name, std::move(handle));
  return raw;
}

rd_kafka_resp_err_t Producer::produce(const OutRecord& record, void* opaque) {
  if (record.topic.empty() || record.topic.find('\0') != std::string_view::npos)
    return RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
  rd_kafka_topic_t* to = topic(record.topic);
  if (!to) return RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
  std::array<rd_kafka_vu_t, 6> parts{};
  size_t count = 0;
  const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
    parts[count].vtype = type;
    return parts[count++];
  };
  add(RD_KAFKA_VTYPE_RKT).u.rkt = to;
  add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = opaque;
  if (record.key) {
    auto& key = add(RD_KAFKA_VTYPE_KEY).u.mem;
    key.ptr = start_of(*record.key);
    key.size = record.key->size();
  }
  if (record.value) {
    auto& value = add(RD_KAFKA_VTYPE_VALUE).u.mem;
    value.ptr = start_of(*record.value);
    value.size = record.value->size();
  }
  if (record.timestamp_ms >= 0) add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = record.timestamp_ms;
  rd_kafka_headers_t* headers = nullptr;
  if (!record.headers.empty()) add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers = headers_of(record.headers);
  const ErrorPtr error(rd_kafka_produceva(rk_.get(), parts.data(), count));
  if (!error) return RD_KAFKA_RESP_ERR_NO_ERROR;
  if (headers) rd_kafka_headers_destroy(headers);  // stays ours on failure
  return failed_for_good() ? RD_KAFKA_RESP_ERR__FATAL : rd_kafka_error_code(error.get());
}

void Producer::serve(Duration wait) {
  rd_kafka_poll(rk_.get(), static_cast<int>(duration_cast<milliseconds>(wait).count()));
}

bool Producer::failed_for_good() {
  std::array<char, 512> text{};
  if (!rd_kafka_fatal_error(rk_.get(), text.data(), text.size())) return false;
  broken_ = true;
  reason_ = text.data();
  return true;
}

void Producer::report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto* self = static_cast<Producer*>(opaque);
  // After a fatal error records come back with the code of its cause, which says nothing about them.
  const auto err = message->err && self->failed_for_good() ? RD_KAFKA_RESP_ERR__FATAL : message->err;
  self->on_report_({message->_private, err, rd_kafka_topic_name(message->rkt), message->len});
}

void Producer::error(rd_kafka_t*, int code, const char* reason, void* opaque) {
  auto* self = static_cast<Producer*>(opaque);
  if (self->failed_for_good()) return;
  self->trouble_.note(static_cast<rd_kafka_resp_err_t>(code), reason, std::chrono::steady_clock::now());
}

}  // namespace weir::kafka
