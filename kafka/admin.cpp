#include "kafka/admin.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kafka/properties.hpp"

namespace weir::kafka {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

using DeleteTopicPtr = std::unique_ptr<rd_kafka_DeleteTopic_t, Destroyer<rd_kafka_DeleteTopic_destroy>>;
using ConfigResourcePtr = std::unique_ptr<rd_kafka_ConfigResource_t, Destroyer<rd_kafka_ConfigResource_destroy>>;
using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t, Destroyer<rd_kafka_metadata_destroy>>;

int remaining_ms(TimePoint limit) {
  return static_cast<int>(std::max<int64_t>(0, duration_cast<milliseconds>(limit - steady_clock::now()).count()));
}

AdminOptionsPtr options_for(rd_kafka_t* rk, rd_kafka_admin_op_t operation, Duration limit) {
  AdminOptionsPtr options(rd_kafka_AdminOptions_new(rk, operation));
  std::array<char, 256> text{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), std::max<int>(1, duration_cast<milliseconds>(limit).count()),
                                            text.data(), text.size());
  return options;
}

std::string key_of(const std::string& topic, int32_t partition) { return fmt::format("{}/{}", topic, partition); }

bool refuses_us(int code) {
  return code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL ||
         code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED || code == RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM;
}

}  // namespace

Result<std::unique_ptr<Admin>> Admin::connect(const KafkaProperties& properties, Duration limit) {
  const TimePoint deadline = steady_clock::now() + limit;
  std::unique_ptr<Admin> admin(new Admin());
  admin->properties_ = properties;
  admin->servers_ = value_of(properties, "bootstrap.servers");
  if (admin->servers_.empty())
    return fail(ErrorCode::invalid_config, "no bootstrap.servers: write `kafka: {bootstrap.servers: HOST:PORT}`");
  auto conf = make_conf(Role::admin, properties, {});
  if (!conf) return fail(conf.error());
  rd_kafka_conf_set_opaque(conf->get(), &admin->trouble_);
  rd_kafka_conf_set_error_cb(conf->get(), [](rd_kafka_t*, int code, const char* reason, void* opaque) {
    auto* trouble = static_cast<Trouble*>(opaque);
    if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) trouble->last = reason;
    if (refuses_us(code)) trouble->refused = Error{ErrorCode::invalid_config, reason};
  });
  std::array<char, 512> text{};
  admin->rk_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf->get(), text.data(), text.size()));
  if (!admin->rk_) return fail(ErrorCode::invalid_config, text.data());
  (void)conf->release();  // the client owns it now

  while (true) {
    const rd_kafka_metadata_t* raw = nullptr;
    const auto err = rd_kafka_metadata(admin->rk_.get(), 0, nullptr, &raw, std::clamp(remaining_ms(deadline), 1, 500));
    const MetadataPtr metadata(raw);
    rd_kafka_poll(admin->rk_.get(), 0);
    if (!err) {
      admin->brokers_ = metadata->broker_cnt;
      const std::unique_ptr<char, Destroyer<std::free>> id(rd_kafka_clusterid(admin->rk_.get(), 0));
      admin->in_process_ = id && std::string_view(id.get()).starts_with("mockCluster");
      return admin;
    }
    if (admin->trouble_.refused || steady_clock::now() >= deadline) return fail(admin->unanswered("connect"));
  }
}

Error Admin::unanswered(std::string_view what) const {
  if (trouble_.refused)
    return {trouble_.refused->code,
            fmt::format("{}: the broker refuses the connection: {}", servers_, trouble_.refused->message)};
  return {ErrorCode::unavailable,
          fmt::format("{}: no answer to '{}'{}{}", servers_, what, trouble_.last.empty() ? "" : ": ", trouble_.last)};
}

Result<std::map<std::string, int32_t>> Admin::partitions(std::span<const std::string> topics, Duration limit) {
  const TimePoint deadline = steady_clock::now() + limit;
  std::map<std::string, int32_t> counts;
  for (const std::string& name : topics) {
    const TopicPtr topic(rd_kafka_topic_new(rk_.get(), name.c_str(), nullptr));
    if (!topic) return fail(ErrorCode::invalid_config, fmt::format("'{}' is no topic name", name));
    while (true) {
      const rd_kafka_metadata_t* raw = nullptr;
      const auto err = rd_kafka_metadata(rk_.get(), 0, topic.get(), &raw, std::clamp(remaining_ms(deadline), 1, 2000));
      const MetadataPtr metadata(raw);
      rd_kafka_poll(rk_.get(), 0);
      const auto topic_err = err || metadata->topic_cnt == 0 ? err : metadata->topics[0].err;
      if (!topic_err) {
        counts[name] = metadata->topic_cnt ? metadata->topics[0].partition_cnt : 0;
        break;
      }
      if (topic_err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
        counts[name] = 0;
        break;
      }
      if (topic_err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || topic_err == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)
        return fail(ErrorCode::invalid_config, fmt::format("topic '{}': {}", name, rd_kafka_err2str(topic_err)));
      if (steady_clock::now() >= deadline) return fail(unanswered(fmt::format("describe topic {}", name)));
      std::this_thread::sleep_for(milliseconds(20));
    }
  }
  return counts;
}

Result<EventPtr> Admin::reply(rd_kafka_queue_t* queue, int type, Duration limit) {
  const TimePoint deadline = steady_clock::now() + limit;
  while (true) {
    EventPtr event(rd_kafka_queue_poll(queue, std::clamp(remaining_ms(deadline), 1, 100)));
    rd_kafka_poll(rk_.get(), 0);
    if (event && rd_kafka_event_type(event.get()) == type) {
      const auto err = rd_kafka_event_error(event.get());
      if (!err) return event;
      if (err != RD_KAFKA_RESP_ERR__TIMED_OUT) {
        const bool forbidden = err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
                               err == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
        return fail(forbidden ? ErrorCode::invalid_config : ErrorCode::unavailable,
                    fmt::format("{}: {}", servers_, rd_kafka_event_error_string(event.get())));
      }
      return fail(unanswered("administration request"));
    }
    if (steady_clock::now() >= deadline) return fail(unanswered("administration request"));
  }
}

Result<void> Admin::create_topics(std::span<const std::string> topics, const CreateTopics& as,
                                  const std::map<std::string, std::string>& config, Duration limit) {
  const TimePoint deadline = steady_clock::now() + limit;
  std::vector<NewTopicPtr> owned;
  std::vector<rd_kafka_NewTopic_t*> asked;
  std::array<char, 512> text{};
  for (const std::string& name : topics) {
    NewTopicPtr topic(rd_kafka_NewTopic_new(name.c_str(), as.partitions, as.replication, text.data(), text.size()));
    if (!topic) return fail(ErrorCode::invalid_config, fmt::format("topic '{}': {}", name, text.data()));
    for (const auto& [key, value] : config) rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
    asked.push_back(topic.get());
    owned.push_back(std::move(topic));
  }
  if (asked.empty()) return {};
  const QueuePtr queue(rd_kafka_queue_new(rk_.get()));
  const AdminOptionsPtr options = options_for(rk_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, limit);
  rd_kafka_CreateTopics(rk_.get(), asked.data(), asked.size(), options.get(), queue.get());
  auto event = reply(queue.get(), RD_KAFKA_EVENT_CREATETOPICS_RESULT, limit);
  if (!event) return fail(event.error());
  size_t count = 0;
  const auto* result = rd_kafka_event_CreateTopics_result(event->get());
  const rd_kafka_topic_result_t** answers = rd_kafka_CreateTopics_result_topics(result, &count);
  for (size_t i = 0; i < count; ++i) {
    const auto err = rd_kafka_topic_result_error(answers[i]);
    if (err && err != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      const char* why = rd_kafka_topic_result_error_string(answers[i]);
      return fail(ErrorCode::invalid_config,
                  fmt::format("topic '{}' cannot be created: {}", rd_kafka_topic_result_name(answers[i]),
                              why ? why : rd_kafka_err2str(err)));
    }
  }
  while (true) {  // the answer comes before every broker knows
    auto counts = partitions(topics, deadline - steady_clock::now());
    if (!counts) return fail(counts.error());
    if (std::ranges::none_of(*counts, [](const auto& entry) { return entry.second == 0; })) return {};
    if (steady_clock::now() >= deadline) return fail(unanswered("describe the new topics"));
    std::this_thread::sleep_for(milliseconds(20));
  }
}

Result<void> Admin::delete_topics(std::span<const std::string> topics, Duration limit) {
  std::vector<DeleteTopicPtr> owned;
  std::vector<rd_kafka_DeleteTopic_t*> asked;
  for (const std::string& name : topics) {
    owned.emplace_back(rd_kafka_DeleteTopic_new(name.c_str()));
    asked.push_back(owned.back().get());
  }
  if (asked.empty()) return {};
  const QueuePtr queue(rd_kafka_queue_new(rk_.get()));
  const AdminOptionsPtr options = options_for(rk_.get(), RD_KAFKA_ADMIN_OP_DELETETOPICS, limit);
  rd_kafka_DeleteTopics(rk_.get(), asked.data(), asked.size(), options.get(), queue.get());
  auto event = reply(queue.get(), RD_KAFKA_EVENT_DELETETOPICS_RESULT, limit);
  if (!event) return fail(event.error());
  size_t count = 0;
  const auto* result = rd_kafka_event_DeleteTopics_result(event->get());
  const rd_kafka_topic_result_t** answers = rd_kafka_DeleteTopics_result_topics(result, &count);
  for (size_t i = 0; i < count; ++i)
    if (const auto err = rd_kafka_topic_result_error(answers[i]))
      return fail(ErrorCode::invalid_config,
                  fmt::format("topic '{}' cannot be deleted: {}", rd_kafka_topic_result_name(answers[i]),
                              rd_kafka_err2str(err)));
  return {};
}

// Asks through a handle that bears the group's name and never joins it: rd_kafka_ListConsumerGroupOffsets of librdkafka
// 2.0.2 crashes when the coordinator answers with an error, as it does while it loads.
Result<std::map<std::string, int64_t>> Admin::committed(const std::string& group, std::span<const PartitionLag> of,
                                                        Duration limit) {
  if (!reader_ || reader_group_ != group) {
    auto conf = make_conf(Role::admin, properties_, {{"group.id", group}});
    if (!conf) return fail(conf.error());
    std::array<char, 512> text{};
    reader_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf->get(), text.data(), text.size()));
    if (!reader_) return fail(ErrorCode::invalid_config, text.data());
    (void)conf->release();  // the client owns it now
    reader_group_ = group;
  }
  const TopicListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(of.size())));
  for (const PartitionLag& p : of) rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition);
  const int wait = static_cast<int>(duration_cast<milliseconds>(limit).count());
  if (const auto err = rd_kafka_committed(reader_.get(), list.get(), std::max(1, wait)))
    return fail(
        err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ? ErrorCode::invalid_config : ErrorCode::unavailable,
        fmt::format("group '{}': {}", group, rd_kafka_err2str(err)));
  std::map<std::string, int64_t> offsets;
  for (int i = 0; i < list->cnt; ++i)
    offsets[key_of(list->elems[i].topic, list->elems[i].partition)] = list->elems[i].offset;
  return offsets;
}

Result<std::vector<PartitionLag>> Admin::lag(const std::string& group, std::span<const std::string> topics,
                                             Duration limit) {
  const TimePoint deadline = steady_clock::now() + limit;
  auto counts = partitions(topics, limit);
  if (!counts) return fail(counts.error());
  std::vector<PartitionLag> rows;
  for (const auto& [topic, count] : *counts)
    for (int32_t p = 0; p < count; ++p) rows.push_back({topic, p});
  for (PartitionLag& row : rows)
    while (rd_kafka_query_watermark_offsets(rk_.get(), row.topic.c_str(), row.partition, &row.low, &row.high,
                                            std::max(1, remaining_ms(deadline)))) {
      if (steady_clock::now() >= deadline)
        return fail(unanswered(fmt::format("offsets of {} [{}]", row.topic, row.partition)));
      std::this_thread::sleep_for(milliseconds(20));  // a new partition has no leader yet
    }
  auto offsets = committed(group, rows, std::max<Duration>(deadline - steady_clock::now(), milliseconds(1)));
  while (!offsets && offsets.error().code == ErrorCode::unavailable && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(100));  // a group's first question makes its coordinator load
    offsets = committed(group, rows, std::max<Duration>(deadline - steady_clock::now(), milliseconds(1)));
  }
  if (!offsets) return fail(offsets.error());
  for (PartitionLag& row : rows)
    if (const auto it = offsets->find(key_of(row.topic, row.partition)); it != offsets->end() && it->second >= 0)
      row.committed = it->second;
  return rows;
}

Result<std::string> Admin::topic_config(const std::string& topic, const std::string& name, Duration limit) {
  if (in_process_) return std::string();
  const ConfigResourcePtr resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  rd_kafka_ConfigResource_t* resources[] = {resource.get()};
  const QueuePtr queue(rd_kafka_queue_new(rk_.get()));
  const AdminOptionsPtr options = options_for(rk_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, limit);
  rd_kafka_DescribeConfigs(rk_.get(), resources, 1, options.get(), queue.get());
  auto event = reply(queue.get(), RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT, limit);
  if (!event) return fail(event.error());
  size_t count = 0;
  const auto* result = rd_kafka_event_DescribeConfigs_result(event->get());
  const rd_kafka_ConfigResource_t** answers = rd_kafka_DescribeConfigs_result_resources(result, &count);
  for (size_t i = 0; i < count; ++i) {
    if (rd_kafka_ConfigResource_error(answers[i])) continue;
    size_t entries = 0;
    const rd_kafka_ConfigEntry_t** settings = rd_kafka_ConfigResource_configs(answers[i], &entries);
    for (size_t k = 0; k < entries; ++k) {
      const char* value = rd_kafka_ConfigEntry_value(settings[k]);
      if (rd_kafka_ConfigEntry_name(settings[k]) == name && value) return std::string(value);
    }
  }
  return std::string();
}

int64_t Admin::largest_record(const std::string& topic, Duration limit) {
  int64_t bytes = 0;
  const std::string told = topic_config(topic, "max.message.bytes", limit).value_or("");
  std::from_chars(told.data(), told.data() + told.size(), bytes);
  return bytes;
}

Result<std::map<std::string, int32_t>> require_topics(const KafkaProperties& properties,
                                                      std::span<const std::string> topics,
                                                      const std::optional<CreateTopics>& create, Duration limit) {
  auto admin = Admin::connect(properties, limit);
  if (!admin) return fail(admin.error());
  auto counts = (*admin)->partitions(topics, limit);
  if (!counts) return fail(counts.error());
  std::vector<std::string> missing;
  for (const auto& [topic, count] : *counts)
    if (count == 0) missing.push_back(topic);
  if (missing.empty()) return counts;
  if (!create)
    return fail(
        ErrorCode::not_found,
        fmt::format(
            "{}: no topic '{}': create it, or write `delivery: {{create_topics: {{partitions: 4, replication: 1}}}}`",
            value_of(properties, "bootstrap.servers"), fmt::join(missing, "', '")));
  if (auto created = (*admin)->create_topics(missing, *create, {}, limit); !created) return fail(created.error());
  return (*admin)->partitions(topics, limit);
}

}  // namespace weir::kafka
