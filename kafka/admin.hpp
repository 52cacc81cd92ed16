#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "kafka/handles.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir::kafka {

// A group's place in one partition.
struct PartitionLag {
  std::string topic;
  int32_t partition = 0;
  int64_t committed = -1;  // next offset to read; -1: the group has committed nothing
  int64_t low = 0;         // oldest offset that is still there
  int64_t high = 0;        // where the next record goes
  int64_t lag() const { return high - (committed < low ? low : committed); }
};

// Asks a cluster about itself and creates topics. One thread; every call ends within its limit and answers with a text
// that a person can act on: `unavailable` when nobody answers, `invalid_config` when the broker refuses who we are.
class Admin {
 public:
  // Returns once a broker answered.
  static Result<std::unique_ptr<Admin>> connect(const KafkaProperties& properties, Duration limit);

  // Number of partitions of each topic; 0: there is none of this name. Never creates one.
  Result<std::map<std::string, int32_t>> partitions(std::span<const std::string> topics, Duration limit);

  // Creates what is missing and waits until it can be used. `config` are topic settings ("max.message.bytes").
  Result<void> create_topics(std::span<const std::string> topics, const CreateTopics& as,
                             const std::map<std::string, std::string>& config, Duration limit);

  // Deletes topics with all they hold; gone when it returns.
  Result<void> delete_topics(std::span<const std::string> topics, Duration limit);

  // Where `group` stands in every partition of the topics.
  Result<std::vector<PartitionLag>> lag(const std::string& group, std::span<const std::string> topics, Duration limit);

  // A topic's setting as the broker resolves it ("max.message.bytes"); empty: not told. The in-process broker never
  // tells.
  Result<std::string> topic_config(const std::string& topic, const std::string& name, Duration limit);

  // max.message.bytes of a topic; 0: not told.
  int64_t largest_record(const std::string& topic, Duration limit);

  int32_t brokers() const { return brokers_; }

 private:
  Admin() = default;

  struct Trouble {
    std::optional<Error> refused;  // the broker does not accept us: no use to wait
    std::string last;
  };

  Result<std::map<std::string, int64_t>> committed(const std::string& group, std::span<const PartitionLag> of,
                                                   Duration limit);
  Result<EventPtr> reply(rd_kafka_queue_t* queue, int type, Duration limit);
  Error unanswered(std::string_view what) const;

  Trouble trouble_;  // before rk_: callbacks write it until the handle is gone
  HandlePtr rk_;
  HandlePtr reader_;  // of the group that was asked about last
  std::string reader_group_;
  KafkaProperties properties_;
  std::string servers_;
  int32_t brokers_ = 0;
  bool in_process_ = false;  // librdkafka's mock cluster, which leaves requests that it does not know unanswered
};

// Makes sure that the topics are there: creates them when told to, else an error names all that are missing and the
// remedy.
Result<std::map<std::string, int32_t>> require_topics(const KafkaProperties& properties,
                                                      std::span<const std::string> topics,
                                                      const std::optional<CreateTopics>& create, Duration limit);

}  // namespace weir::kafka
