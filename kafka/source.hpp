#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "kafka/handles.hpp"
#include "kafka/offset_keeper.hpp"
#include "kafka/trouble_log.hpp"
#include "kafka/wake_event.hpp"
#include "pipeline/delivery/ports.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir::kafka {

struct SourceSettings {
  int64_t memory_limit = 512ll << 20;
  std::optional<CreateTopics> create_topics;  // absent: a missing topic is an error
  Milliseconds commit_interval{1000};
  Milliseconds start_limit{30000};  // for the broker to answer
  Milliseconds close_limit{10000};  // for leaving the group
};

// A member of a consumer group, with one librdkafka queue per partition: a partition that is not read keeps its records
// and its place in the group, whatever the others do. Rebalances are reported as events and completed by `release`, so
// nothing blocks in a callback. Lives on the delivery thread (wake: any thread). Errors of `events` and `poll` are
// fatal; what librdkafka retries is logged. It keeps the group's offsets too: what `store` was told is committed every
// commit_interval, by `commit` and by `close`.
class KafkaSource final : public Source, public OffsetKeeper {
 public:
  // Reaches the broker, checks (or creates) the topics and joins the group. `not_found`: no such topic; `unavailable`:
  // nobody answered within start_limit; `invalid_config`: the broker refuses us.
  static Result<std::unique_ptr<KafkaSource>> open(const KafkaSourcePlan& plan, const SourceSettings& settings);
  ~KafkaSource() override;

  Result<std::vector<SourceEvent>> events(Duration wait) override;
  Result<uint32_t> poll(TopicPartition at, uint32_t records, int64_t bytes,
                        const std::function<void(const RawRecord&)>& visit) override;
  Offset end_offset(TopicPartition at) const override;
  void wake() override { wake_.ring(); }
  Result<void> release(std::span<const TopicPartition> partitions) override;
  Result<void> close() override;

  bool store(TopicPartition at, Offset next) override;
  Result<void> commit(std::span<const TopicPartition> partitions, TimePoint limit) override;
  int wake_fd() const override { return wake_.fd(); }

  int64_t queue_bytes() const { return queue_bytes_; }  // what librdkafka may hold, over all partitions of the topics
  int32_t partitions() const { return partition_count_; }
  int64_t largest_record_bytes() const {
    return largest_record_bytes_;
  }  // that its topics take; 0: the broker does not tell

 private:
  struct Partition {
    QueuePtr queue;
    Offset stored{-1};
    Offset committed{-1};
  };

  KafkaSource(const KafkaSourcePlan& plan, const SourceSettings& settings);
  Result<void> start(const KafkaProperties& properties, int64_t bytes_per_partition, Milliseconds commit_interval);
  Result<void> serve();
  Result<void> on_event(rd_kafka_event_t* event);
  Result<void> on_rebalance(rd_kafka_event_t* event);
  Result<void> on_error(rd_kafka_resp_err_t code, std::string_view reason);
  void on_commit(rd_kafka_event_t* event);
  Result<void> assign(const rd_kafka_topic_partition_list_t* list);
  Result<void> unassign();
  Result<void> on_message_error(TopicPartition at, const rd_kafka_message_t& message);
  void leave(TimePoint limit);
  bool incremental() const;
  std::vector<TopicPartition> indexed(const rd_kafka_topic_partition_list_t* list) const;
  const char* topic(TopicPartition at) const { return topics_[at.topic].c_str(); }

  const std::vector<std::string> topics_;
  const std::string group_;
  const SourceSettings settings_;
  WakeEvent wake_;
  TroubleLog trouble_{"consumer_trouble"};
  rd_kafka_t* rk_ = nullptr;  // destroyed by hand: a plain destroy would wait for the group
  QueuePtr main_;
  std::unordered_map<TopicPartition, Partition> owned_;
  std::vector<SourceEvent> pending_;
  TopicListPtr going_;  // revoked or lost, until released
  std::set<TopicPartition> unreleased_;
  std::vector<Header> headers_;  // of the record being shown
  int64_t queue_bytes_ = 0;
  int32_t partition_count_ = 0;
  int64_t largest_record_bytes_ = 0;
  bool joined_ = false;
};

}  // namespace weir::kafka
