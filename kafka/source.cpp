#include "kafka/source.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.hpp"
#include "kafka/admin.hpp"
#include "kafka/properties.hpp"
#include "kafka/record_view.hpp"

namespace weir::kafka {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Before the first assignment these mean that there will never be one.
bool refuses_membership(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
    case RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED:
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT: return true;
    default: return false;
  }
}

Result<void> answered(rd_kafka_error_t* raw, std::string_view what) {
  const ErrorPtr error(raw);
  if (!error) return {};
  return fail(ErrorCode::fatal, fmt::format("{}: {}", what, rd_kafka_error_string(error.get())));
}

std::string named(const rd_kafka_topic_partition_list_t* list) {
  std::string names;
  for (int i = 0; i < list->cnt; ++i)
    names += fmt::format("{}{}/{}", i ? " " : "", list->elems[i].topic, list->elems[i].partition);
  return names;
}

}  // namespace

KafkaSource::KafkaSource(const KafkaSourcePlan& plan, const SourceSettings& settings)
    : topics_(plan.topics), group_(plan.group), settings_(settings) {}

Result<std::unique_ptr<KafkaSource>> KafkaSource::open(const KafkaSourcePlan& plan, const SourceSettings& settings) {
  for (const std::string& topic : plan.topics)
    if (topic.starts_with('^'))
      return fail(ErrorCode::unsupported, fmt::format("topic '{}': patterns are not built: list the topics", topic));
  const auto counts = require_topics(plan.properties, plan.topics, settings.create_topics, settings.start_limit);
  if (!counts) return fail(counts.error());
  std::unique_ptr<KafkaSource> source(new KafkaSource(plan, settings));
  auto admin = Admin::connect(plan.properties, settings.start_limit);
  if (!admin) return fail(admin.error());
  for (const std::string& topic : plan.topics)
    source->largest_record_bytes_ =
        std::max(source->largest_record_bytes_, (*admin)->largest_record(topic, settings.start_limit));
  for (const auto& [topic, count] : *counts) source->partition_count_ += count;
  const int64_t bytes = kafka::queue_bytes(settings.memory_limit, source->partition_count_);
  source->queue_bytes_ = bytes * source->partition_count_;
  if (auto started = source->start(plan.properties, bytes, settings.commit_interval); !started)
    return fail(started.error());
  return source;
}

Result<void> KafkaSource::start(const KafkaProperties& properties, int64_t bytes_per_partition,
                                Milliseconds commit_interval) {
  KafkaProperties own = {{"group.id", group_},
                         {"enable.auto.commit", "true"},
                         {"auto.commit.interval.ms", std::to_string(commit_interval.count())},
                         {"enable.auto.offset.store", "false"},
                         {"enable.partition.eof", "true"}};
  if (value_of(properties, "queued.max.messages.kbytes").empty())
    own["queued.max.messages.kbytes"] = std::to_string(bytes_per_partition / 1024);
  auto conf = make_conf(Role::consumer, properties, own);
  if (!conf) return fail(conf.error());
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_OFFSET_COMMIT);
  std::array<char, 512> text{};
  rk_ = rd_kafka_new(RD_KAFKA_CONSUMER, conf->get(), text.data(), text.size());
  if (!rk_) return fail(ErrorCode::invalid_config, text.data());
  (void)conf->release();  // the client owns it now
  rd_kafka_poll_set_consumer(rk_);
  main_.reset(rd_kafka_queue_get_consumer(rk_));
  ring_on_arrival(main_.get(), wake_.fd());
  const TopicListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(topics_.size())));
  for (const std::string& topic : topics_)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto err = rd_kafka_subscribe(rk_, list.get()))
    return fail(ErrorCode::fatal, fmt::format("subscribe to {}: {}", fmt::join(topics_, ", "), rd_kafka_err2str(err)));
  return {};
}

KafkaSource::~KafkaSource() {
  owned_.clear();
  main_.reset();
  if (rk_) rd_kafka_destroy_flags(rk_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

Result<std::vector<SourceEvent>> KafkaSource::events(Duration wait) {
  if (auto served = serve(); !served) return fail(served.error());
  if (pending_.empty() && wait > Duration::zero()) {
    wake_.sleep(wait);
    if (auto served = serve(); !served) return fail(served.error());
  }
  return std::exchange(pending_, {});
}

Result<void> KafkaSource::serve() {
  while (EventPtr event{rd_kafka_queue_poll(main_.get(), 0)})
    if (auto handled = on_event(event.get()); !handled) return handled;
  return {};
}

Result<void> KafkaSource::on_event(rd_kafka_event_t* event) {
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_REBALANCE: return on_rebalance(event);
    case RD_KAFKA_EVENT_ERROR: return on_error(rd_kafka_event_error(event), rd_kafka_event_error_string(event));
    case RD_KAFKA_EVENT_OFFSET_COMMIT: on_commit(event); return {};
    case RD_KAFKA_EVENT_FETCH:
      return fail(ErrorCode::internal, "a record came by the main queue: its partition's queue was not taken in time");
    default: return {};
  }
}

Result<void> KafkaSource::on_rebalance(rd_kafka_event_t* event) {
  const rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(event);
  if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) return assign(list);
  const bool lost = rd_kafka_assignment_lost(rk_);
  going_.reset(rd_kafka_topic_partition_list_copy(list));
  std::vector<TopicPartition> partitions = indexed(list);
  unreleased_ = {partitions.begin(), partitions.end()};
  log_info(lost ? "partitions_lost" : "partitions_revoked", {{"group", group_}, {"partitions", named(list)}});
  if (partitions.empty()) return unassign();
  pending_.push_back({lost ? SourceEvent::Kind::lost : SourceEvent::Kind::revoke, std::move(partitions), Offset{}});
  return {};
}

Result<void> KafkaSource::assign(const rd_kafka_topic_partition_list_t* list) {
  std::vector<TopicPartition> partitions = indexed(list);
  for (const TopicPartition at : partitions) {
    // Before the assignment, so that no record takes the way of the main queue.
    QueuePtr queue(rd_kafka_queue_get_partition(rk_, topic(at), at.partition));
    rd_kafka_queue_forward(queue.get(), nullptr);
    ring_on_arrival(queue.get(), wake_.fd());
    owned_[at] = Partition{std::move(queue)};
  }
  joined_ = true;
  log_info("partitions_assigned", {{"group", group_}, {"partitions", named(list)}});
  if (incremental()) {
    if (auto done = answered(rd_kafka_incremental_assign(rk_, list), "assign"); !done) return done;
  } else if (const auto err = rd_kafka_assign(rk_, list)) {
    return fail(ErrorCode::fatal, fmt::format("assign: {}", rd_kafka_err2str(err)));
  }
  if (!partitions.empty()) pending_.push_back({SourceEvent::Kind::assigned, std::move(partitions), Offset{}});
  return {};
}

Result<void> KafkaSource::release(std::span<const TopicPartition> partitions) {
  if (!going_) return {};
  for (const TopicPartition at : partitions) unreleased_.erase(at);
  return unreleased_.empty() ? unassign() : Result<void>{};
}

Result<void> KafkaSource::unassign() {
  const TopicListPtr list = std::move(going_);
  for (const TopicPartition at : indexed(list.get())) {
    if (const auto it = owned_.find(at); it != owned_.end()) {
      ring_on_arrival(it->second.queue.get(), -1);
      owned_.erase(it);
    }
  }
  if (incremental()) return answered(rd_kafka_incremental_unassign(rk_, list.get()), "unassign");
  if (const auto err = rd_kafka_assign(rk_, nullptr))
    return fail(ErrorCode::fatal, fmt::format("unassign: {}", rd_kafka_err2str(err)));
  return {};
}

bool KafkaSource::incremental() const { return std::string_view(rd_kafka_rebalance_protocol(rk_)) == "COOPERATIVE"; }

std::vector<TopicPartition> KafkaSource::indexed(const rd_kafka_topic_partition_list_t* list) const {
  std::vector<TopicPartition> partitions;
  for (int i = 0; i < list->cnt; ++i) {
    const auto it = std::ranges::find(topics_, std::string_view(list->elems[i].topic));
    if (it != topics_.end())
      partitions.push_back({static_cast<uint16_t>(it - topics_.begin()), list->elems[i].partition});
  }
  return partitions;
}

Result<void> KafkaSource::on_error(rd_kafka_resp_err_t code, std::string_view reason) {
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> text{};
    rd_kafka_fatal_error(rk_, text.data(), text.size());
    return fail(ErrorCode::fatal, fmt::format("consumer of group '{}': {}", group_, text.data()));
  }
  if (!joined_ && refuses_membership(code))
    return fail(ErrorCode::invalid_config, fmt::format("group '{}' cannot be joined: {}", group_, reason));
  trouble_.note(code, reason, steady_clock::now());
  return {};
}

void KafkaSource::on_commit(rd_kafka_event_t* event) {
  const auto err = rd_kafka_event_error(event);
  if (err && err != RD_KAFKA_RESP_ERR__NO_OFFSET) trouble_.note(err, "offsets were not committed", steady_clock::now());
}

Result<uint32_t> KafkaSource::poll(TopicPartition at, uint32_t records, int64_t bytes,
                                   const std::function<void(const RawRecord&)>& visit) {
  const auto it = owned_.find(at);
  if (it == owned_.end()) return 0;
  rd_kafka_queue_t* queue = it->second.queue.get();
  uint32_t shown = 0;
  while (shown < records && bytes > 0) {
    const MessagePtr message(rd_kafka_consume_queue(queue, 0));
    if (!message) break;
    if (message->err) {
      if (auto handled = on_message_error(at, *message); !handled) return fail(handled.error());
      continue;
    }
    const RawRecord record = view_of(*message, at, headers_);
    bytes -= size_of(record);
    visit(record);
    ++shown;
  }
  return shown;
}

Result<void> KafkaSource::on_message_error(TopicPartition at, const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    pending_.push_back({SourceEvent::Kind::end, {at}, Offset{message.offset}});
    return {};
  }
  const std::string reason = fmt::format("{} [{}]: {}", topic(at), at.partition, rd_kafka_message_errstr(&message));
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
    return fail(ErrorCode::fatal,
                fmt::format("{}: the committed offset is gone and auto.offset.reset says error", reason));
  return on_error(message.err, reason);
}

Offset KafkaSource::end_offset(TopicPartition at) const {
  int64_t low = -1;
  int64_t high = -1;
  if (rd_kafka_get_watermark_offsets(rk_, topic(at), at.partition, &low, &high) || high < 0) return Offset{-1};
  return Offset{high};
}

bool KafkaSource::store(TopicPartition at, Offset next) {
  const auto it = owned_.find(at);
  if (it == owned_.end()) return false;
  if (next <= it->second.stored) return true;
  const TopicListPtr list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic(at), at.partition)->offset = next.value;
  // _STATE: taken away meanwhile; whoever has it now starts at what was committed.
  if (rd_kafka_offsets_store(rk_, list.get())) return false;
  it->second.stored = next;
  return true;
}

Result<void> KafkaSource::commit(std::span<const TopicPartition> partitions, TimePoint limit) {
  const TopicListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition at : partitions)
    if (const auto it = owned_.find(at); it != owned_.end() && it->second.stored > it->second.committed)
      rd_kafka_topic_partition_list_add(list.get(), topic(at), at.partition)->offset = it->second.stored.value;
  if (list->cnt == 0) return {};
  const QueuePtr queue(rd_kafka_queue_new(rk_));
  if (const auto err = rd_kafka_commit_queue(rk_, list.get(), queue.get(), nullptr, nullptr))
    return fail(ErrorCode::unavailable, fmt::format("commit of group '{}': {}", group_, rd_kafka_err2str(err)));
  const auto left = std::max<int64_t>(1, duration_cast<milliseconds>(limit - steady_clock::now()).count());
  const EventPtr event(rd_kafka_queue_poll(queue.get(), static_cast<int>(left)));
  if (!event)
    return fail(ErrorCode::unavailable, fmt::format("commit of group '{}': no answer within the limit", group_));
  if (const auto err = rd_kafka_event_error(event.get()))
    return fail(ErrorCode::unavailable, fmt::format("commit of group '{}': {}", group_, rd_kafka_err2str(err)));
  for (const TopicPartition at : indexed(list.get())) owned_[at].committed = owned_[at].stored;
  return {};
}

Result<void> KafkaSource::close() {
  if (!rk_) return {};
  leave(steady_clock::now() + settings_.close_limit);
  owned_.clear();
  main_.reset();
  rd_kafka_destroy_flags(std::exchange(rk_, nullptr), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  return {};
}

// rd_kafka_consumer_close has no time limit, and versions before 2.4 may hang in it; this has one.
void KafkaSource::leave(TimePoint limit) {
  if (going_) (void)unassign();
  const QueuePtr queue(rd_kafka_queue_new(rk_));
  if (const ErrorPtr error(rd_kafka_consumer_close_queue(rk_, queue.get())); error) {
    log_warn("consumer_close_failed", {{"group", group_}, {"reason", rd_kafka_error_string(error.get())}});
    return;
  }
  while (!rd_kafka_consumer_closed(rk_)) {
    if (steady_clock::now() >= limit) {
      log_warn("consumer_close_timed_out", {{"group", group_}});
      return;
    }
    const EventPtr event(rd_kafka_queue_poll(queue.get(), 50));
    if (!event || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_REBALANCE) continue;
    going_.reset(rd_kafka_topic_partition_list_copy(rd_kafka_event_topic_partition_list(event.get())));
    if (rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
      (void)unassign();
    } else {
      rd_kafka_assign(rk_, nullptr);
    }
  }
  going_.reset();
}

}  // namespace weir::kafka
