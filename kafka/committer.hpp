#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kafka/metrics.hpp"
#include "kafka/offset_keeper.hpp"
#include "kafka/producer.hpp"
#include "pipeline/delivery/ports.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir::kafka {

// A topic that a sink writes, and the cluster it is on.
struct SinkTarget {
  std::string topic;
  KafkaProperties properties;
};

struct CommitterSettings {
  std::vector<SinkTarget> sinks;
  std::string dead_letter_topic;  // empty: none. On the cluster of `properties`, as replies are.
  KafkaProperties properties;     // the source's
  std::optional<CreateTopics> create_topics;
  int64_t largest_input_bytes =
      0;  // of the source's topics: what a created dead-letter topic must take; 0: the broker's default
  Milliseconds start_limit{30000};
};

// Writes releases and stores their offsets once every record of a release, and of all before it in its partition, is
// acknowledged: nothing is lost, a crash repeats what was not committed.
//
// What cannot be written waits and is tried again (a missing or forbidden output or dead-letter topic), keeping its
// partition's offset where it is; a fatal producer error replaces the producer and produces what was not acknowledged
// again, in order. Exceptions: a reply to a topic that cannot be written is dropped with a warning, since the input
// named it; a dead letter too large for its topic is written without its value and says so in `weir.dlq.value_bytes`;
// an output too large for its topic is a fatal error (sinks ask max_record_bytes first). One thread: the source's
// delivery thread. Destroyed before its keeper.
class AtLeastOnceCommitter final : public Committer {
 public:
  // Checks (or creates) the topics; errors as Admin's.
  static Result<std::unique_ptr<AtLeastOnceCommitter>> open(const CommitterSettings& settings, OffsetKeeper& keeper,
                                                            Metrics& metrics);
  ~AtLeastOnceCommitter() override;

  Result<void> append(std::vector<Release> releases) override;
  Result<std::vector<Ticket>> durable(TimePoint now) override;
  Result<void> advance(TopicPartition at, Offset next) override;
  Result<void> revoke(std::span<const TopicPartition> partitions, bool lost, TimePoint limit) override;
  Result<void> drain(TimePoint limit) override;
  int64_t pending_bytes() const override { return pending_bytes_; }

  // The largest record (key, value and headers) that a sink's topic takes.
  int64_t max_record_bytes(std::string_view topic) const;

  // For tests: makes the producers fail for good, as librdkafka does when it loses count.
  void break_producers(std::string_view reason);

 private:
  struct Partition;
  struct Entry {  // one release; its address is the opaque of its records
    Release release;
    Partition* partition;
    int64_t bytes;
    uint32_t records;      // of the release
    uint32_t sent = 0;     // taken by a producer, or settled without one
    uint32_t settled = 0;  // acknowledged or given up
  };
  struct Partition {
    TopicPartition at;
    std::deque<Entry> entries;
    size_t next = 0;  // first entry with records to send
    uint32_t in_flight = 0;
    bool stalled = false;  // something failed: wait for the other reports, then send what is not settled again
    bool gone = false;     // revoked: only waits for its reports
    TimePoint retry_at{};
  };
  struct Target {
    std::unique_ptr<Producer> producer;
    int64_t max_record_bytes;
    int fruitless = 0;  // replacements since the last acknowledged record
  };
  enum class Taken : uint8_t { yes, no, full };

  AtLeastOnceCommitter(const CommitterSettings& settings, OffsetKeeper& keeper, Metrics& metrics);
  Result<void> add_target(const KafkaProperties& properties, std::vector<std::string> topics,
                          const CommitterSettings& settings);
  void on_report(Target& target, const Report& report);
  void on_failure(Entry& entry, rd_kafka_resp_err_t err, std::string_view topic, size_t bytes);
  Result<void> pump(TimePoint now, Duration wait);
  Result<void> replace_broken(TimePoint now);
  void resume(TimePoint now);
  void send();
  Taken send(Entry& entry);
  Taken send(Entry& entry, const OutRecord& record);
  rd_kafka_resp_err_t send_shortened(Producer& producer, Entry& entry, const OutRecord& record);
  void collect();
  Result<void> finish(std::span<const TopicPartition> partitions, TimePoint limit);
  void forget(TopicPartition at);
  bool configured(std::string_view topic) const { return routes_.contains(topic); }
  Partition& partition(TopicPartition at);

  OffsetKeeper& keeper_;
  const std::string dead_letter_topic_;
  std::vector<std::unique_ptr<Target>> targets_;        // the first one has the source's properties
  std::map<std::string, Target*, std::less<>> routes_;  // of configured topics
  std::map<TopicPartition, std::unique_ptr<Partition>> partitions_;
  std::vector<std::unique_ptr<Partition>> leaving_;
  std::vector<Ticket> durable_;
  std::optional<Error> fatal_;
  TroubleLog trouble_{"output_waits"};
  TroubleLog reply_trouble_{"reply_dropped"};
  int64_t pending_bytes_ = 0;
  TimePoint now_{};
  Counter written_records_, written_bytes_, write_failures_, dropped_replies_, shortened_dead_letters_,
      recycled_producers_, commit_failures_;
};

}  // namespace weir::kafka
