#include "kafka/property_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace weir::kafka {
namespace {

constexpr OwnedProperty owned[] = {
    {"group.id", "", "write `group:` in the stage"},
    {"enable.auto.commit", "true", "weir commits what is durable, every delivery.commit_interval"},
    {"auto.commit.interval.ms", "", "write `delivery: {commit_interval: ...}`"},
    {"enable.auto.offset.store", "false", "weir stores an offset when its outcome is durable"},
    {"enable.partition.eof", "true", "weir needs the ends of partitions to commit past control records"},
    {"enabled_events", "", "weir chooses the events it handles"},
    {"enable.idempotence", "true", "every producer of weir is idempotent"},
    {"transactional.id", "", "weir names its producers itself"},
    {"acks", "all|-1", "an outcome counts as written when all in-sync replicas have it"},
    {"request.required.acks", "all|-1", "an outcome counts as written when all in-sync replicas have it"},
    {"message.timeout.ms", "0", "weir waits until a record is written: nothing is dropped"},
    {"delivery.timeout.ms", "0", "weir waits until a record is written: nothing is dropped"},
    {"delivery.report.only.error", "false", "weir needs every delivery report"},
    {"log.queue", "false", "librdkafka's log goes to weir's log"},
};

// Kafka fetches as soon as there is something, batches for a few milliseconds, and never gives up on a record.
constexpr Default both[] = {
    {"client.id", "weir"},
    {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"},
    {"topic.metadata.refresh.interval.ms", "60000"},
    {"log.connection.close", "false"},
    {"reconnect.backoff.max.ms", "2000"},
};
constexpr Default consumer[] = {
    {"auto.offset.reset", "earliest"},
    {"allow.auto.create.topics", "false"},
    {"fetch.wait.max.ms", "100"},
    {"fetch.min.bytes", "1"},
    {"check.crcs", "true"},
    {"isolation.level", "read_committed"},
    {"session.timeout.ms", "45000"},
    {"max.poll.interval.ms", "300000"},
    {"fetch.queue.backoff.ms", "20"},  // absent in old libraries: left out there
};
constexpr Default producer[] = {
    {"linger.ms", "10"},
    {"partitioner", "murmur2_random"},  // as the Java clients, so that co-partitioning works
    {"queue.buffering.max.kbytes", "262144"},
    {"topic.metadata.propagation.max.ms", "10000"},  // how long a topic may be unknown before its records fail
};
constexpr Default admin[] = {
    {"allow.auto.create.topics", "false"},
    {"isolation.level", "read_uncommitted"},  // else the high watermark is the last stable offset, and lag is too small
};

// Rows of librdkafka's own documentation table: `name | C/P | range | default | importance | description`.
std::vector<KnownProperty> parse_table(const std::string& text) {
  std::vector<KnownProperty> found;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const size_t bar = line.find('|');
    if (bar == std::string::npos || line.starts_with("Property") || line.starts_with("-")) continue;
    const std::string name = line.substr(0, line.find_last_not_of(' ', bar - 1) + 1);
    const std::string scope = line.substr(bar + 1, line.find('|', bar + 1) - bar - 1);
    const bool any = scope.find('*') != std::string::npos;
    std::string alias;
    if (const size_t mark = line.find("Alias for `"); mark != std::string::npos) {
      const size_t begin = mark + 11;
      alias = line.substr(begin, line.find_first_of(":`", begin) - begin);
    }
    found.push_back(
        {name, any || scope.find('C') != std::string::npos, any || scope.find('P') != std::string::npos, alias});
  }
  // A few stand in both of librdkafka's tables (global and topic).
  std::ranges::stable_sort(found, {}, &KnownProperty::name);
  std::vector<KnownProperty> merged;
  for (KnownProperty& property : found) {
    if (!merged.empty() && merged.back().name == property.name) {
      merged.back().consumer |= property.consumer;
      merged.back().producer |= property.producer;
    } else {
      merged.push_back(std::move(property));
    }
  }
  return merged;
}

}  // namespace

std::span<const OwnedProperty> owned_properties() { return owned; }

std::span<const Default> default_properties(Role role) {
  static const auto join = [](auto& first, auto& second) {
    std::vector<Default> all(std::begin(first), std::end(first));
    all.insert(all.end(), std::begin(second), std::end(second));
    return all;
  };
  static const std::vector<Default> of_role[] = {join(both, consumer), join(both, producer), join(both, admin)};
  return of_role[static_cast<size_t>(role)];
}

const std::vector<KnownProperty>& known_properties() {
  static const std::vector<KnownProperty> known = [] {
    char* text = nullptr;
    size_t size = 0;
    FILE* file = open_memstream(&text, &size);
    if (!file) return std::vector<KnownProperty>{};
    rd_kafka_conf_properties_show(file);
    std::fclose(file);
    const std::unique_ptr<char, Destroyer<std::free>> owner(text);
    return parse_table(std::string(text, size));
  }();
  return known;
}

const KnownProperty* find_property(std::string_view name) {
  const auto& known = known_properties();
  const auto it =
      std::ranges::lower_bound(known, name, {}, [](const KnownProperty& p) { return std::string_view(p.name); });
  return it != known.end() && it->name == name ? &*it : nullptr;
}

}  // namespace weir::kafka
