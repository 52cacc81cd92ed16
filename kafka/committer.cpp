#include "kafka/committer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "kafka/admin.hpp"
#include "kafka/properties.hpp"

namespace weir::kafka {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr Duration retry_after = 1s;
constexpr int fruitless_limit = 5;
constexpr int64_t batch_overhead = 512;  // a broker counts the batch around a record too

int64_t size_of(const OutRecord& record) {
  size_t bytes = (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0);
  for (const Header& header : record.headers) bytes += header.name.size() + (header.value ? header.value->size() : 0);
  return static_cast<int64_t>(bytes);
}

// Calls `use` with each record of a release from number `from` on until it says no.
template <typename Use>
void each_record(const Release& release, uint32_t from, Use&& use) {
  const auto over = [&](const OutSpan& span) {
    const auto records = span.records();
    for (; from < records.size(); ++from)
      if (!use(records[from])) return false;
    from -= static_cast<uint32_t>(records.size());
    return true;
  };
  if (!over(release.first)) return;
  for (const OutSpan& span : release.more)
    if (!over(span)) return;
}

// The topic is what is wrong, or this record: another producer would fare no better.
bool is_of_producer(rd_kafka_resp_err_t err) {
  return err == RD_KAFKA_RESP_ERR__FATAL || err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
         err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT || err == RD_KAFKA_RESP_ERR__DESTROY ||
         err == RD_KAFKA_RESP_ERR__STATE;
}

}  // namespace

AtLeastOnceCommitter::AtLeastOnceCommitter(const CommitterSettings& settings, OffsetKeeper& keeper, Metrics& metrics)
    : keeper_(keeper),
      dead_letter_topic_(settings.dead_letter_topic),
      written_records_(metrics.counter(written_records)),
      written_bytes_(metrics.counter(written_bytes)),
      write_failures_(metrics.counter(write_failures)),
      dropped_replies_(metrics.counter(dropped_replies)),
      shortened_dead_letters_(metrics.counter(shortened_dead_letters)),
      recycled_producers_(metrics.counter(recycled_producers)),
      commit_failures_(metrics.counter(commit_failures)) {}

AtLeastOnceCommitter::~AtLeastOnceCommitter() {
  targets_.clear();  // reports what is still out: entries must be there
}

Result<std::unique_ptr<AtLeastOnceCommitter>> AtLeastOnceCommitter::open(const CommitterSettings& settings,
                                                                         OffsetKeeper& keeper, Metrics& metrics) {
  std::unique_ptr<AtLeastOnceCommitter> committer(new AtLeastOnceCommitter(settings, keeper, metrics));
  std::map<KafkaProperties, std::vector<std::string>> others;
  std::vector<std::string> home;
  std::map<std::string, const KafkaProperties*> seen;
  if (!settings.dead_letter_topic.empty()) {
    home.push_back(settings.dead_letter_topic);
    seen[settings.dead_letter_topic] = &settings.properties;
  }
  for (const SinkTarget& sink : settings.sinks) {
    const auto [it, first] = seen.try_emplace(sink.topic, &sink.properties);
    if (!first && *it->second != sink.properties)
      return fail(ErrorCode::invalid_config,
                  fmt::format("topic '{}' is written with two sets of Kafka properties: give both stages the same",
                              sink.topic));
    if (first) (sink.properties == settings.properties ? home : others[sink.properties]).push_back(sink.topic);
  }
  if (auto added = committer->add_target(settings.properties, std::move(home), settings); !added)
    return fail(added.error());
  for (auto& [properties, topics] : others)
    if (auto added = committer->add_target(properties, std::move(topics), settings); !added) return fail(added.error());
  return committer;
}

Result<void> AtLeastOnceCommitter::add_target(const KafkaProperties& properties, std::vector<std::string> topics,
                                              const CommitterSettings& settings) {
  auto admin = Admin::connect(properties, settings.start_limit);
  if (!admin) return fail(admin.error());
  if (const auto dead = std::ranges::find(topics, settings.dead_letter_topic);
      dead != topics.end() && settings.create_topics && settings.largest_input_bytes > 0) {
    // Whatever can be read must fit, with the headers that say why it is there.
    const std::string names[] = {*dead};
    const std::map<std::string, std::string> config = {
        {"max.message.bytes", std::to_string(settings.largest_input_bytes + 65536)}};
    if (auto made = (*admin)->create_topics(names, *settings.create_topics, config, settings.start_limit); !made)
      return made;
  }
  if (auto there = require_topics(properties, topics, settings.create_topics, settings.start_limit); !there)
    return fail(there.error());
  int64_t limit = value_of(properties, "message.max.bytes").empty() ? INT32_MAX : max_message_bytes(properties);
  for (const std::string& topic : topics) {
    // A broker that does not tell (the one of `weir demo`) leaves librdkafka's own limit.
    const int64_t bytes = (*admin)->largest_record(topic, settings.start_limit);
    if (bytes > 0) limit = std::min(limit, bytes - batch_overhead);
  }
  if (limit == INT32_MAX) limit = max_message_bytes(properties);
  limit = std::clamp<int64_t>(limit, 1000, 1'000'000'000);
  auto target = std::make_unique<Target>();
  target->max_record_bytes = limit;
  auto producer = Producer::open(properties, limit, keeper_.wake_fd(), topics,
                                 [this, to = target.get()](const Report& report) { on_report(*to, report); });
  if (!producer) return fail(producer.error());
  target->producer = std::move(*producer);
  for (std::string& topic : topics) routes_.emplace(std::move(topic), target.get());
  targets_.push_back(std::move(target));
  return {};
}

int64_t AtLeastOnceCommitter::max_record_bytes(std::string_view topic) const {
  const auto it = routes_.find(topic);
  return (it == routes_.end() ? targets_.front().get() : it->second)->max_record_bytes;
}

AtLeastOnceCommitter::Partition& AtLeastOnceCommitter::partition(TopicPartition at) {
  auto& slot = partitions_[at];
  if (!slot) slot = std::make_unique<Partition>(Partition{.at = at, .entries = {}});
  return *slot;
}

Result<void> AtLeastOnceCommitter::append(std::vector<Release> releases) {
  for (Release& release : releases) {
    Partition& to = partition(release.ticket.at);
    int64_t bytes = 0;
    uint32_t records = 0;
    each_record(release, 0, [&](const OutRecord& record) {
      bytes += size_of(record);
      ++records;
      return true;
    });
    pending_bytes_ += bytes;
    to.entries.push_back({.release = std::move(release), .partition = &to, .bytes = bytes, .records = records});
  }
  send();
  if (fatal_) return fail(*fatal_);
  return {};
}

Result<std::vector<Ticket>> AtLeastOnceCommitter::durable(TimePoint now) {
  if (auto pumped = pump(now, Duration::zero()); !pumped) return fail(pumped.error());
  return std::exchange(durable_, {});
}

Result<void> AtLeastOnceCommitter::advance(TopicPartition at, Offset next) {
  if (partition(at).entries.empty()) keeper_.store(at, next);
  return {};
}

Result<void> AtLeastOnceCommitter::pump(TimePoint now, Duration wait) {
  now_ = now;
  for (const auto& target : targets_) target->producer->serve(std::exchange(wait, Duration::zero()));
  if (auto replaced = replace_broken(now); !replaced) return replaced;
  resume(now);
  send();
  collect();
  std::erase_if(leaving_, [](const auto& partition) { return partition->in_flight == 0; });
  if (fatal_) return fail(*fatal_);
  return {};
}

Result<void> AtLeastOnceCommitter::replace_broken(TimePoint now) {
  for (const auto& target : targets_) {
    if (!target->producer->broken()) continue;
    const std::string reason = target->producer->reason();
    if (++target->fruitless > fruitless_limit)
      return fail(ErrorCode::fatal, fmt::format("producer failed {} times in a row: {}", fruitless_limit, reason));
    recycled_producers_.add();
    if (auto reopened = target->producer->reopen(); !reopened) return reopened;
    for (const auto& [at, partition] : partitions_)
      if (partition->stalled) partition->retry_at = target->fruitless > 1 ? now + retry_after : now;
  }
  return {};
}

// Sends again what was not settled; what was stays, so that a topic that cannot be written multiplies nothing.
void AtLeastOnceCommitter::resume(TimePoint now) {
  for (const auto& [at, partition] : partitions_) {
    if (!partition->stalled || partition->in_flight > 0 || now < partition->retry_at) continue;
    for (Entry& entry : partition->entries)
      if (entry.settled < entry.records) entry.sent = entry.settled = 0;
    partition->stalled = false;
    partition->next = 0;
  }
}

void AtLeastOnceCommitter::send() {
  for (const auto& [at, partition] : partitions_) {
    while (!partition->stalled && partition->next < partition->entries.size()) {
      const Taken taken = send(partition->entries[partition->next]);
      if (taken == Taken::full) return;
      if (taken == Taken::no) break;
      ++partition->next;
    }
  }
}

AtLeastOnceCommitter::Taken AtLeastOnceCommitter::send(Entry& entry) {
  if (entry.sent == entry.records) return Taken::yes;
  Taken taken = Taken::yes;
  each_record(entry.release, entry.sent, [&](const OutRecord& record) {
    taken = send(entry, record);
    return taken == Taken::yes;
  });
  return taken;
}

AtLeastOnceCommitter::Taken AtLeastOnceCommitter::send(Entry& entry, const OutRecord& record) {
  const auto route = routes_.find(record.topic);
  Producer& producer = *(route == routes_.end() ? targets_.front().get() : route->second)->producer;
  auto err = producer.produce(record, &entry);
  if (err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE && record.topic == dead_letter_topic_)
    err = send_shortened(producer, entry, record);
  if (err == RD_KAFKA_RESP_ERR__QUEUE_FULL) return Taken::full;
  ++entry.sent;
  if (!err) {
    ++entry.partition->in_flight;
    return Taken::yes;
  }
  on_failure(entry, err, record.topic, static_cast<size_t>(size_of(record)));
  return entry.partition->stalled ? Taken::no : Taken::yes;
}

// The reason must get through even when the record that it is about does not.
rd_kafka_resp_err_t AtLeastOnceCommitter::send_shortened(Producer& producer, Entry& entry, const OutRecord& record) {
  const std::string bytes = std::to_string(record.value ? record.value->size() : 0);
  std::vector<Header> headers(record.headers.begin(), record.headers.end());
  headers.push_back({"weir.dlq.value_bytes", bytes});
  OutRecord shortened = record;
  shortened.value = std::nullopt;
  shortened.headers = headers;
  auto err = producer.produce(shortened, &entry);
  if (err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {  // then its key or its own headers are what is large
    std::erase_if(headers, [](const Header& header) { return !header.name.starts_with("weir.dlq."); });
    shortened.headers = headers;
    shortened.key = std::nullopt;
    err = producer.produce(shortened, &entry);
  }
  if (!err) {
    shortened_dead_letters_.add();
    log_warn("dead_letter_shortened",
             {{"topic", record.topic}, {"bytes", bytes}, {"offset", entry.release.ticket.offset.value}});
  }
  return err;
}

void AtLeastOnceCommitter::on_report(Target& target, const Report& report) {
  Entry& entry = *static_cast<Entry*>(report.opaque);
  --entry.partition->in_flight;
  if (entry.partition->gone) return;
  if (report.err) return on_failure(entry, report.err, report.topic, report.bytes);
  target.fruitless = 0;
  written_records_.add();
  written_bytes_.add(static_cast<double>(report.bytes));
  ++entry.settled;
}

void AtLeastOnceCommitter::on_failure(Entry& entry, rd_kafka_resp_err_t err, std::string_view topic, size_t bytes) {
  const Ticket& ticket = entry.release.ticket;
  const auto record = [&] {
    return fmt::format("source partition {} offset {}", ticket.at.partition, ticket.offset.value);
  };
  const bool of_producer = is_of_producer(err);
  if (!of_producer && !configured(topic)) {
    dropped_replies_.add();
    reply_trouble_.note(err, fmt::format("topic '{}', {}: {}", topic.substr(0, 80), record(), rd_kafka_err2str(err)),
                        now_);
    ++entry.settled;
    return;
  }
  if (err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE && !fatal_) {
    fatal_ = Error{ErrorCode::fatal,
                   fmt::format("topic '{}' does not take a record of {} bytes ({}): raise its max.message.bytes "
                               "and the sink's message.max.bytes",
                               topic, bytes, record())};
  } else if (!of_producer) {
    trouble_.note(err, fmt::format("topic '{}', {}: {}; trying again", topic, record(), rd_kafka_err2str(err)), now_);
  }
  write_failures_.add();
  entry.partition->stalled = true;
  entry.partition->retry_at = of_producer ? now_ : now_ + retry_after;
}

void AtLeastOnceCommitter::collect() {
  for (const auto& [at, partition] : partitions_) {
    Offset next{-1};
    while (!partition->entries.empty() && partition->entries.front().settled == partition->entries.front().records) {
      Entry& entry = partition->entries.front();
      next = Offset{entry.release.ticket.offset.value + 1};
      durable_.push_back(entry.release.ticket);
      pending_bytes_ -= entry.bytes;
      partition->entries.pop_front();
      if (partition->next > 0) --partition->next;
    }
    if (next.value >= 0) keeper_.store(at, next);
  }
}

void AtLeastOnceCommitter::forget(TopicPartition at) {
  const auto it = partitions_.find(at);
  if (it == partitions_.end()) return;
  for (const Entry& entry : it->second->entries) pending_bytes_ -= entry.bytes;
  it->second->gone = true;
  if (it->second->in_flight > 0) leaving_.push_back(std::move(it->second));  // librdkafka still reads their values
  partitions_.erase(it);
}

Result<void> AtLeastOnceCommitter::finish(std::span<const TopicPartition> partitions, TimePoint limit) {
  const auto open = [&] {
    return std::ranges::any_of(partitions, [&](TopicPartition at) {
      const auto it = partitions_.find(at);
      return it != partitions_.end() && !it->second->entries.empty();
    });
  };
  if (auto pumped = pump(steady_clock::now(), Duration::zero()); !pumped) return pumped;
  while (open()) {
    const TimePoint now = steady_clock::now();
    if (now >= limit) break;
    if (auto pumped = pump(now, std::min<Duration>(limit - now, 10ms)); !pumped) return pumped;
  }
  const bool unfinished = open();
  auto committed = keeper_.commit(partitions, std::max(limit, steady_clock::now() + 1s));
  if (!committed) {
    commit_failures_.add();
    log_warn("commit_failed", {{"reason", committed.error().message}});
    return committed;
  }
  if (unfinished)
    return fail(ErrorCode::unavailable, "some results were not written within the limit: they will be computed again");
  return {};
}

Result<void> AtLeastOnceCommitter::revoke(std::span<const TopicPartition> partitions, bool lost, TimePoint limit) {
  if (!lost) {
    // Unfinished or not, they go: whoever gets them starts at what was committed.
    if (auto finished = finish(partitions, limit); !finished && finished.error().code != ErrorCode::unavailable)
      return finished;
  }
  for (const TopicPartition at : partitions) forget(at);
  return {};
}

Result<void> AtLeastOnceCommitter::drain(TimePoint limit) {
  std::vector<TopicPartition> all;
  for (const auto& [at, partition] : partitions_) all.push_back(at);
  return finish(all, limit);
}

void AtLeastOnceCommitter::break_producers(std::string_view reason) {
  for (const auto& target : targets_) target->producer->fail_for_good(reason);
}

}  // namespace weir::kafka
