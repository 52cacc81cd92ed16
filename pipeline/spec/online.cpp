#include "pipeline/spec/online.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "pipeline/spec/scalar.hpp"

namespace weir {
namespace {

std::string mebibytes(int64_t bytes) { return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20)); }

std::optional<int64_t> integer_of(const std::map<std::string, std::string>& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? std::nullopt : read_integer(found->second);
}

class OnlineCheck {
 public:
  OnlineCheck(const Plan& plan, BrokerProbe& probe) : plan_(plan), probe_(probe) {}

  OnlineReport run() {
    report_.notes.push_back("librdkafka " + probe_.library_version());
    for (const auto& stage : plan_.stages) {
      if (const auto* source = std::get_if<KafkaSourcePlan>(&stage.options)) check_source(stage, *source);
      if (const auto* sink = std::get_if<KafkaSinkPlan>(&stage.options)) check_sink(stage, *sink);
    }
    check_memory();
    return std::move(report_);
  }

 private:
  void check_source(const StagePlan& stage, const KafkaSourcePlan& source) {
    std::vector<std::string> topics;
    for (const auto& topic : source.topics)
      if (!topic.starts_with("^")) topics.push_back(topic);  // a pattern matches whatever there is
    if (!plan_.delivery.dead_letter_topic.empty()) topics.push_back(plan_.delivery.dead_letter_topic);
    const auto facts = ask(stage, source.properties, topics);
    if (!facts) return;
    int64_t partitions = 0;
    for (const auto& topic : topics) {
      const int32_t count = check_topic(stage, *facts, topic);
      if (topic != plan_.delivery.dead_letter_topic) partitions += count;
    }
    sources_.push_back({&stage, &source, partitions});
  }

  void check_sink(const StagePlan& stage, const KafkaSinkPlan& sink) {
    const auto facts = ask(stage, sink.properties, {sink.topic});
    if (!facts) return;
    check_topic(stage, *facts, sink.topic);
    const auto topic = facts->topics.find(sink.topic);
    const auto broker_limit =
        topic == facts->topics.end() ? std::nullopt : integer_of(topic->second.config, "max.message.bytes");
    check_size(stage, sink, broker_limit);
  }

  std::optional<BrokerFacts> ask(const StagePlan& stage, const KafkaProperties& properties,
                                 const std::vector<std::string>& topics) {
    const auto found = properties.find("bootstrap.servers");
    const std::string brokers = found == properties.end() ? "" : found->second;
    if (silent_.count(brokers)) return std::nullopt;
    auto facts = probe_.describe(properties, topics);
    if (facts) {
      if (greeted_.insert(brokers).second)
        report_.notes.push_back(fmt::format("{}: {} broker(s) answer", brokers, facts->brokers));
      return std::move(*facts);
    }
    silent_.insert(brokers);
    report_.unreachable |= facts.error().code == ErrorCode::unavailable;
    error(stage, brokers, facts.error().message, "check bootstrap.servers, the network and the credentials");
    return std::nullopt;
  }

  // The partitions that the topic has or will have.
  int32_t check_topic(const StagePlan& stage, const BrokerFacts& facts, const std::string& topic) {
    const auto found = facts.topics.find(topic);
    const auto& create = plan_.delivery.create_topics;
    if (found != facts.topics.end()) {
      note(fmt::format("topic {}: {} partition(s)", topic, found->second.partitions));
      return found->second.partitions;
    }
    if (create) {
      note(fmt::format("topic {}: will be created with {} partition(s)", topic, create->partitions));
      if (create->replication > facts.brokers)
        error(stage, topic,
              fmt::format("replication {} needs as many brokers; there are {}", create->replication, facts.brokers),
              fmt::format("write replication: {}", facts.brokers));
      return create->partitions;
    }
    error(stage, topic, "this topic does not exist", "create it, or write delivery: {create_topics: {partitions: 4}}");
    return 0;
  }

  // A result of the largest text must fit into one record: one vector, or one for each token.
  void check_size(const StagePlan& stage, const KafkaSinkPlan& sink, std::optional<int64_t> broker_limit) {
    const auto [rows, width] = largest_result(stage);
    int64_t limit = probe_.max_message_bytes(sink.properties);
    if (broker_limit) limit = std::min(limit, *broker_limit);
    const auto& output = sink.output;
    const int64_t element = static_cast<int64_t>(size_of(output.vector_type));
    constexpr int64_t decimal = 13, envelope = 1024;  // a float32 in shortest decimal and its comma; all other fields
    int64_t bytes = rows * width * element;
    if (output.format != RecordFormat::flatbuffers)
      bytes = output.vector_encoding == VectorEncoding::base64 ? (bytes + 2) / 3 * 4 : rows * width * decimal;
    bytes += envelope;
    note(fmt::format("{}: a result has at most {}, a record {}", stage.name, mebibytes(bytes), mebibytes(limit)));
    if (bytes > limit)
      error(stage, sink.topic,
            fmt::format("the largest result has {} bytes, more than a record may have ({})", bytes, limit),
            output.format == RecordFormat::flatbuffers
                ? "raise message.max.bytes here and max.message.bytes of the topic"
                : "write format: flatbuffers, or raise message.max.bytes and the topic's max.message.bytes");
  }

  std::pair<int64_t, int64_t> largest_result(const StagePlan& sink) const {
    const auto& stage = plan_.stages[static_cast<size_t>(sink.from)];
    const auto* pooler = std::get_if<PoolerPlan>(&stage.options);
    if (!pooler || plan_.models.empty()) return {1, 1};
    const auto& facts = plan_.models.front().facts;
    const Task task = pooler->task.value_or(facts.tasks.empty() ? Task::embed : facts.tasks.front());
    const auto made = facts.poolers.find(task);
    int64_t width =
        made != facts.poolers.end() && made->second.width ? made->second.width : std::max(facts.output_size, 1u);
    const bool per_token = is_per_token(task);
    const bool head = made != facts.poolers.end() && made->second.head_in != 0;
    if (pooler->kinds && !head && !per_token)
      width = int64_t{facts.hidden_size} * static_cast<int64_t>(pooler->kinds->size());
    if (pooler->dimensions) width = std::min<int64_t>(width, *pooler->dimensions);
    return {per_token ? std::max<int64_t>(facts.max_tokens.value, 1) : 1, width};
  }

  // The queues are taken from memory.limit, and their size is a rate limit: librdkafka refills a full one about once a
  // second.
  void check_memory() {
    int64_t partitions = 0;
    for (const auto& source : sources_) partitions += source.partitions;
    if (partitions == 0) return;
    int64_t all = 0;
    for (const auto& source : sources_) {
      const auto set = integer_of(source.options->properties, "queued.max.messages.kbytes");
      const int64_t queue = set ? *set * 1024 : probe_.queue_bytes(plan_.memory_limit, partitions);
      all += queue * source.partitions;
      note(fmt::format(
          "{}: queues of {} for each of {} partition(s): about {} a second and partition, {} a second in all",
          source.stage->name, mebibytes(queue), source.partitions, mebibytes(queue),
          mebibytes(queue * source.partitions)));
    }
    note(fmt::format("memory: {} of queues, {} for records", mebibytes(all), mebibytes(plan_.memory_limit - all)));
    if (all > plan_.memory_limit / 2)
      error(*sources_.front().stage, write_size(plan_.memory_limit),
            fmt::format("{} partitions need {} of queues: more than half of memory.limit", partitions, mebibytes(all)),
            fmt::format("write memory: {{limit: {}MiB}} or more", (2 * all + (1 << 20) - 1) >> 20));
  }

  void error(const StagePlan& stage, std::string value, std::string message, std::string fix) {
    report_.errors.push_back(
        {plan_.file, stage.place.line, stage.place.column, std::move(value), std::move(message), std::move(fix)});
  }

  void note(std::string text) {
    if (std::find(report_.notes.begin(), report_.notes.end(), text) == report_.notes.end())
      report_.notes.push_back(std::move(text));
  }

  struct SourceState {
    const StagePlan* stage;
    const KafkaSourcePlan* options;
    int64_t partitions;
  };

  const Plan& plan_;
  BrokerProbe& probe_;
  OnlineReport report_;
  std::vector<SourceState> sources_;
  std::set<std::string> silent_, greeted_;
};

}  // namespace

OnlineReport check_online(const Plan& plan, BrokerProbe& probe) { return OnlineCheck(plan, probe).run(); }

}  // namespace weir
