#pragma once

#include "base/clock.hpp"
#include "pipeline/spec/probes.hpp"

namespace weir {

// Asks real brokers, through kafka's Admin; each question ends within `limit`.
class KafkaBrokerProbe final : public BrokerProbe {
 public:
  explicit KafkaBrokerProbe(Duration limit) : limit_(limit) {}

  std::string library_version() const override;
  int64_t queue_bytes(int64_t memory_limit, int64_t partitions) const override;
  int64_t max_message_bytes(const KafkaProperties& properties) const override;
  Result<BrokerFacts> describe(const KafkaProperties& properties, std::span<const std::string> topics) override;

 private:
  Duration limit_;
};

}  // namespace weir
