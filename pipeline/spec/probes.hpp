#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir {

// What a model directory can do, without computing. Implemented over models/; the error's message names the file that
// is wrong.
using ModelProbe = std::function<Result<ModelFacts>(const std::string& path)>;

// Who is to be configured: whatever inherits the file's `kafka:`, a source (which also writes dead letters), a sink.
enum class KafkaUse : uint8_t { any, source, sink };

// What the Kafka client says of librdkafka properties. Implemented by kafka/ (kafka/properties.hpp has functions that
// fit).
struct PropertyRules {
  // One property by itself: nullopt when it is known, its value is taken and it is the user's to set.
  std::function<std::optional<Error>(std::string_view name, std::string_view value)> check;
  // What only shows in combination, over all properties of a stage.
  std::function<std::vector<Error>(const KafkaProperties&, KafkaUse)> check_together;
  // True for passwords and keys.
  std::function<bool(std::string_view name)> is_secret;
};

struct TopicFacts {
  int32_t partitions = 0;
  std::map<std::string, std::string>
      config;  // what the broker tells of it, "max.message.bytes" above all; may be empty
};

struct BrokerFacts {
  int32_t brokers = 0;
  std::map<std::string, TopicFacts> topics;  // only those that exist
};

// The brokers, for `weir check --online`. Implemented by kafka/; calls block, within the client's own timeouts.
class BrokerProbe {
 public:
  virtual ~BrokerProbe() = default;

  // Of the client library in use: "2.0.2".
  virtual std::string library_version() const = 0;

  // Bytes that the client may prefetch for each partition, and the largest record that a producer with these properties
  // writes.
  virtual int64_t queue_bytes(int64_t memory_limit, int64_t partitions) const = 0;
  virtual int64_t max_message_bytes(const KafkaProperties& properties) const = 0;

  // Connects with these properties and asks for these topics, creating none. `unavailable` when no broker answers.
  virtual Result<BrokerFacts> describe(const KafkaProperties& properties, std::span<const std::string> topics) = 0;
};

}  // namespace weir
