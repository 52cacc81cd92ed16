#include "app/broker_probe.hpp"

#include "kafka/admin.hpp"
#include "kafka/properties.hpp"

namespace weir {

std::string KafkaBrokerProbe::library_version() const { return kafka::library().version; }

int64_t KafkaBrokerProbe::queue_bytes(int64_t memory_limit, int64_t partitions) const {
  return kafka::queue_bytes(memory_limit, partitions);
}

int64_t KafkaBrokerProbe::max_message_bytes(const KafkaProperties& properties) const {
  return kafka::max_message_bytes(properties);
}

Result<BrokerFacts> KafkaBrokerProbe::describe(const KafkaProperties& properties, std::span<const std::string> topics) {
  auto admin = kafka::Admin::connect(properties, limit_);
  if (!admin) return fail(std::move(admin.error()));
  const auto partitions = (*admin)->partitions(topics, limit_);
  if (!partitions) return fail(partitions.error());
  BrokerFacts facts;
  facts.brokers = (*admin)->brokers();
  for (const auto& [topic, count] : *partitions) {
    if (count == 0) continue;
    TopicFacts& of_topic = facts.topics[topic];
    of_topic.partitions = count;
    // Not every user may read a topic's settings, and nothing here needs them: silence is no error.
    constexpr const char* limit_name = "max.message.bytes";
    if (auto limit = (*admin)->topic_config(topic, limit_name, limit_); limit && !limit->empty())
      of_topic.config[limit_name] = *limit;
  }
  return facts;
}

}  // namespace weir
