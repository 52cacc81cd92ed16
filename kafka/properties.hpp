#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "kafka/handles.hpp"
#include "pipeline/spec/plan.hpp"
#include "pipeline/spec/probes.hpp"

namespace weir::kafka {

enum class Role : uint8_t { consumer, producer, admin };

// The librdkafka that this process runs with, and what weir makes of its age.
struct Library {
  std::string version;   // "2.0.2"
  std::string features;  // "gzip,snappy,ssl,sasl,..." as built
  bool scram;            // SCRAM works with Kafka 4 from 2.6.1 on
  bool cooperative;      // cooperative rebalancing is safe from 2.6.1 on
};
const Library& library();

// One property as a user wrote it: unknown name (with the nearest known one), a value librdkafka refuses, or something
// that weir decides itself. nullopt: fine.
std::optional<Error> check_property(std::string_view name, std::string_view value);

// What only shows in combination: SCRAM on a library that cannot, and properties that contradict one another or what
// weir sets, in librdkafka's own words. Connects to nothing and opens no file.
std::vector<Error> check_properties(const KafkaProperties& properties, KafkaUse use);

// Passwords and keys: whoever prints properties shows *** for these.
bool is_secret(std::string_view name);

// Every property of this library, sorted; for did-you-mean.
std::span<const std::string> property_names();

// A configuration for one client: weir's defaults, then `user` (properties of other roles are left out), then `own`,
// which weir decides and check_property keeps users from. Logs go to weir's log under the client's name.
Result<ConfPtr> make_conf(Role role, const KafkaProperties& user, const KafkaProperties& own);

// Bytes that librdkafka may prefetch for each partition: the share of memory.limit, within what a partition needs to
// flow.
int64_t queue_bytes(int64_t memory_limit, int64_t partitions);

// Largest record that a producer with these properties writes, headers and key included.
int64_t max_message_bytes(const KafkaProperties& user);

// The value of a property under any of its names, or empty.
std::string_view value_of(const KafkaProperties& properties, std::string_view name);

}  // namespace weir::kafka
