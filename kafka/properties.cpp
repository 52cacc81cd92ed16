#include "kafka/properties.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

#include "base/log.hpp"
#include "kafka/property_rules.hpp"

namespace weir::kafka {
namespace {

constexpr int scram_fixed_in = 0x020601ff;  // 2.6.1
constexpr int64_t MiB = 1 << 20;

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string nearest(std::string_view name) {
  const auto& known = known_properties();
  const auto best =
      std::ranges::min_element(known, {}, [&](const KnownProperty& p) { return edit_distance(p.name, name); });
  if (best == known.end() || edit_distance(best->name, name) > name.size() / 3 + 1) return "";
  return fmt::format("; did you mean '{}'?", best->name);
}

bool listed(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const size_t bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == value) return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}

std::string_view canonical(std::string_view name) {
  const KnownProperty* known = find_property(name);
  return known && !known->alias_of.empty() ? std::string_view(known->alias_of) : name;
}

std::optional<std::string> refusal(rd_kafka_conf_t* conf, std::string_view name, std::string_view value) {
  std::array<char, 512> text{};
  if (rd_kafka_conf_set(conf, std::string(name).c_str(), std::string(value).c_str(), text.data(), text.size()) ==
      RD_KAFKA_CONF_OK)
    return std::nullopt;
  return text.data();
}

// Levels are syslog's. Lost connections are reported as errors too, so their log lines are for debugging; so are
// those of a coordinator that still loads, and of a broker (the one of the demo) that would create topics.
void log_line(const rd_kafka_t* rk, int level, const char* facility, const char* text) {
  const bool repeated = std::strcmp(facility, "FAIL") == 0 || std::strcmp(facility, "ERROR") == 0 ||
                        std::strcmp(facility, "GETPID") == 0 || std::strcmp(facility, "AUTOCREATE") == 0;
  const LogLevel of_weir = level <= 4 && !repeated ? LogLevel::warn : LogLevel::debug;
  if (log_enabled(of_weir))
    log(of_weir, "kafka_client", {{"client", rk ? rd_kafka_name(rk) : ""}, {"facility", facility}, {"text", text}});
}

bool in_scope(Role role, std::string_view name) {
  const KnownProperty* known = find_property(name);
  if (!known) return true;  // librdkafka's own answer names it
  return role == Role::producer ? known->producer : known->consumer;
}

// What librdkafka says of properties together, which it only does of a client. Without brokers, certificates and
// plug-ins it is one that does nothing.
std::optional<Error> contradiction(Role role, const KafkaProperties& user) {
  KafkaProperties alone;
  for (const auto& [name, value] : user) {
    const auto begins = [name = canonical(name)](std::string_view word) { return name.starts_with(word); };
    if (!begins("security.") && !begins("sasl.") && !begins("ssl.") && !begins("plugin.") && !begins("debug") &&
        !begins("bootstrap.servers") && !begins("metadata.broker.list"))
      alone.emplace(name, value);
  }
  const KafkaProperties own = role == Role::consumer
                                  ? KafkaProperties{{"group.id", "check"}}
                                  : KafkaProperties{{"enable.idempotence", "true"}, {"message.timeout.ms", "0"}};
  auto conf = make_conf(role, alone, own);
  if (!conf) return std::nullopt;  // a property by itself: check_property says so
  rd_kafka_conf_set_log_cb(conf->get(), nullptr);
  std::array<char, 512> text{};
  const HandlePtr client(rd_kafka_new(role == Role::consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf->get(),
                                      text.data(), text.size()));
  if (!client) return Error{ErrorCode::invalid_config, text.data()};
  (void)conf->release();  // the client owns it now
  return std::nullopt;
}

bool new_group_protocol(const KafkaProperties& user) { return value_of(user, "group.protocol") == "consumer"; }

// The broker decides these under the new group protocol; librdkafka refuses them there.
bool broker_decides(std::string_view name) {
  return name == "session.timeout.ms" || name == "heartbeat.interval.ms" || name == "partition.assignment.strategy";
}

}  // namespace

const Library& library() {
  static const Library of_process = [] {
    std::array<char, 512> features{};
    size_t size = features.size();
    const ConfPtr conf(rd_kafka_conf_new());
    rd_kafka_conf_get(conf.get(), "builtin.features", features.data(), &size);
    const bool fixed = rd_kafka_version() >= scram_fixed_in;
    return Library{rd_kafka_version_str(), features.data(), fixed, fixed};
  }();
  return of_process;
}

std::span<const std::string> property_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const KnownProperty& known : known_properties()) all.push_back(known.name);
    return all;
  }();
  return names;
}

std::string_view value_of(const KafkaProperties& properties, std::string_view name) {
  for (const auto& [key, value] : properties)
    if (canonical(key) == canonical(name)) return value;
  return {};
}

std::optional<Error> check_property(std::string_view name, std::string_view value) {
  for (const OwnedProperty& owned : owned_properties())
    if (owned.name == name && !listed(owned.allowed, value))
      return Error{ErrorCode::invalid_config, fmt::format("'{}' is decided by weir: {}", name, owned.remedy)};
  const ConfPtr conf(rd_kafka_conf_new());
  const std::optional<std::string> refused = refusal(conf.get(), name, value);
  if (!refused) return std::nullopt;
  if (!find_property(name))
    return Error{ErrorCode::invalid_config,
                 fmt::format("'{}' is no property of librdkafka {}{}", name, library().version, nearest(name))};
  return Error{ErrorCode::invalid_config, *refused};
}

std::vector<Error> check_properties(const KafkaProperties& properties, KafkaUse use) {
  std::vector<Error> errors;
  const std::string_view mechanism = value_of(properties, "sasl.mechanisms");
  if (mechanism.starts_with("SCRAM") && !library().scram)
    errors.push_back(
        {ErrorCode::invalid_config,
         fmt::format("sasl.mechanisms '{}' does not work between librdkafka {} and Kafka 4 (it does from 2.6.1 on): "
                     "run tools/librdkafka-backport, or use PLAIN over SASL_SSL",
                     mechanism, library().version)});
  const std::string_view protocol = value_of(properties, "security.protocol");
  if (mechanism == "PLAIN" && protocol.empty())
    errors.push_back({ErrorCode::invalid_config,
                      "sasl.mechanisms without security.protocol has no effect: add security.protocol: SASL_SSL (or "
                      "SASL_PLAINTEXT)"});
  for (const Role role : {Role::consumer, Role::producer}) {
    if (role == Role::consumer && use == KafkaUse::sink) continue;
    if (auto error = contradiction(role, properties)) errors.push_back(std::move(*error));
  }
  return errors;
}

bool is_secret(std::string_view name) {
  for (const std::string_view part : {"password", "secret", "ssl.key.pem", "sasl.oauthbearer.config"})
    if (name.find(part) != std::string_view::npos) return true;
  return false;
}

Result<ConfPtr> make_conf(Role role, const KafkaProperties& user, const KafkaProperties& own) {
  ConfPtr conf(rd_kafka_conf_new());
  const bool new_protocol = role == Role::consumer && new_group_protocol(user);
  for (const Default& property : default_properties(role))
    if (find_property(property.name) && !(new_protocol && broker_decides(property.name)))
      if (const auto refused = refusal(conf.get(), property.name, property.value))
        return fail(ErrorCode::internal, *refused);
  if (role == Role::consumer && !new_protocol)
    refusal(conf.get(), "partition.assignment.strategy",
            library().cooperative ? "cooperative-sticky" : "range,roundrobin");
  for (const auto& [name, value] : user) {
    if (!in_scope(role, name)) continue;
    if (const auto refused = refusal(conf.get(), name, value)) return fail(ErrorCode::invalid_config, *refused);
  }
  for (const auto& [name, value] : own)
    if (const auto refused = refusal(conf.get(), name, value)) return fail(ErrorCode::invalid_config, *refused);
  rd_kafka_conf_set_log_cb(conf.get(), log_line);
  return conf;
}

int64_t queue_bytes(int64_t memory_limit, int64_t partitions) {
  return std::clamp<int64_t>(memory_limit / 4 / std::max<int64_t>(partitions, 1), 1 * MiB, 8 * MiB);
}

int64_t max_message_bytes(const KafkaProperties& user) {
  int64_t bytes = 1'000'000;
  const std::string_view value = value_of(user, "message.max.bytes");
  std::from_chars(value.data(), value.data() + value.size(), bytes);
  return bytes;
}

}  // namespace weir::kafka
