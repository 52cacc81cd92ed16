#include "kafka/client.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "kafka/admin.hpp"
#include "kafka/properties.hpp"
#include "kafka/record_view.hpp"

namespace weir::kafka {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

int milliseconds_of(Duration duration) { return static_cast<int>(duration_cast<milliseconds>(duration).count()); }

}  // namespace

Result<std::unique_ptr<RecordWriter>> RecordWriter::open(const KafkaProperties& properties, Duration limit) {
  if (auto admin = Admin::connect(properties, limit); !admin) return fail(admin.error());
  auto conf = make_conf(Role::producer, properties, {{"enable.idempotence", "true"}});
  if (!conf) return fail(conf.error());
  std::unique_ptr<RecordWriter> writer(new RecordWriter());
  rd_kafka_conf_set_opaque(conf->get(), writer.get());
  rd_kafka_conf_set_dr_msg_cb(conf->get(), [](rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto* self = static_cast<RecordWriter*>(opaque);
    if (!message->err) ++self->acknowledged_;
    if (message->err && self->failure_.empty())
      self->failure_ =
          fmt::format("topic '{}': {}", rd_kafka_topic_name(message->rkt), rd_kafka_message_errstr(message));
  });
  std::array<char, 512> text{};
  writer->rk_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf->get(), text.data(), text.size()));
  if (!writer->rk_) return fail(ErrorCode::invalid_config, text.data());
  (void)conf->release();  // the client owns it now
  return writer;
}

TopicPtr& RecordWriter::topic(std::string_view name) {
  if (const auto it = topics_.find(name); it != topics_.end()) return it->second;
  const std::string owned(name);
  return topics_.emplace(owned, TopicPtr(rd_kafka_topic_new(rk_.get(), owned.c_str(), nullptr))).first->second;
}

Result<void> RecordWriter::failure() const {
  if (failure_.empty()) return {};
  return fail(ErrorCode::unavailable, failure_);
}

Result<void> RecordWriter::write(const OutRecord& record, int32_t partition) {
  const TopicPtr& to = topic(record.topic);
  if (!to) return fail(ErrorCode::invalid_config, fmt::format("'{}' is no topic name", record.topic));
  // librdkafka's macros do not parenthesize what they cast.
  void* const key = record.key ? start_of(*record.key) : nullptr;
  void* const value = record.value ? start_of(*record.value) : nullptr;
  const size_t key_size = record.key ? record.key->size() : 0;
  const size_t value_size = record.value ? record.value->size() : 0;
  const int64_t timestamp = std::max<int64_t>(record.timestamp_ms, 0);  // 0: now
  while (true) {
    rd_kafka_headers_t* headers = headers_of(record.headers);
    const auto err = rd_kafka_producev(rk_.get(), RD_KAFKA_V_RKT(to.get()), RD_KAFKA_V_PARTITION(partition),
                                       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_size),
                                       RD_KAFKA_V_VALUE(value, value_size), RD_KAFKA_V_TIMESTAMP(timestamp),
                                       RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    rd_kafka_poll(rk_.get(), err == RD_KAFKA_RESP_ERR__QUEUE_FULL ? 100 : 0);
    if (!err) return failure();
    if (headers) rd_kafka_headers_destroy(headers);
    if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL)
      return fail(ErrorCode::unavailable, fmt::format("topic '{}': {}", record.topic, rd_kafka_err2str(err)));
    if (auto failed = failure(); !failed) return failed;
  }
}

Result<void> RecordWriter::flush(Duration limit) {
  const auto err = rd_kafka_flush(rk_.get(), milliseconds_of(limit));
  if (auto failed = failure(); !failed) return failed;
  if (err)
    return fail(ErrorCode::unavailable,
                fmt::format("{} records are not acknowledged yet", rd_kafka_outq_len(rk_.get())));
  return {};
}

Result<std::unique_ptr<RecordReader>> RecordReader::open(const KafkaProperties& properties,
                                                         const std::vector<std::string>& topics, Duration limit) {
  auto counts = require_topics(properties, topics, std::nullopt, limit);
  if (!counts) return fail(counts.error());
  auto conf =
      make_conf(Role::consumer, properties,
                {{"group.id", "weir-reader"}, {"enable.auto.commit", "false"}, {"enable.partition.eof", "true"}});
  if (!conf) return fail(conf.error());
  std::unique_ptr<RecordReader> reader(new RecordReader());
  std::array<char, 512> text{};
  reader->rk_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf->get(), text.data(), text.size()));
  if (!reader->rk_) return fail(ErrorCode::invalid_config, text.data());
  (void)conf->release();  // the client owns it now
  rd_kafka_poll_set_consumer(reader->rk_.get());
  reader->topics_ = topics;
  const TopicListPtr list(rd_kafka_topic_partition_list_new(8));
  for (size_t t = 0; t < topics.size(); ++t)
    for (int32_t p = 0; p < counts->at(topics[t]); ++p) {
      rd_kafka_topic_partition_list_add(list.get(), topics[t].c_str(), p)->offset = RD_KAFKA_OFFSET_BEGINNING;
      reader->partitions_[{static_cast<uint16_t>(t), p}] = false;
    }
  if (const auto err = rd_kafka_assign(reader->rk_.get(), list.get()))
    return fail(ErrorCode::internal, rd_kafka_err2str(err));
  return reader;
}

RecordReader::~RecordReader() {
  if (rk_) rd_kafka_assign(rk_.get(), nullptr);
}

Result<uint32_t> RecordReader::read(Duration wait, const std::function<void(const RawRecord&)>& visit) {
  uint32_t shown = 0;
  std::vector<Header> headers;
  const TimePoint deadline = steady_clock::now() + wait;
  while (true) {
    const Duration left =
        shown ? Duration::zero() : std::max<Duration>(deadline - steady_clock::now(), Duration::zero());
    const MessagePtr message(rd_kafka_consumer_poll(rk_.get(), milliseconds_of(left)));
    if (!message) return shown;
    if (message->err && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      if (message->err == RD_KAFKA_RESP_ERR__TRANSPORT || message->err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) continue;
      return fail(ErrorCode::unavailable, rd_kafka_message_errstr(message.get()));
    }
    const auto topic = std::ranges::find(topics_, std::string_view(rd_kafka_topic_name(message->rkt)));
    const TopicPartition at{static_cast<uint16_t>(topic - topics_.begin()), message->partition};
    bool& ended = partitions_[at];
    const bool ends = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (ends != ended) at_end_count_ += ends ? 1 : -1;
    ended = ends;
    if (ends) {
      if (at_end()) return shown;
      continue;
    }
    visit(view_of(*message, at, headers));
    ++shown;
  }
}

}  // namespace weir::kafka
