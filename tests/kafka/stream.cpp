#include "tests/kafka/stream.hpp"

#include <stdexcept>

#include "kafka/admin.hpp"

namespace weir::kafka::test {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

Owned owned(const RawRecord& record) {
  Owned copy{record.at.partition, record.offset.value, {}, {}, {}};
  if (record.key) copy.key = std::string(*record.key);
  if (record.value) copy.value = std::string(*record.value);
  for (const Header& header : record.headers)
    copy.headers.emplace_back(header.name, header.value ? std::optional(std::string(*header.value)) : std::nullopt);
  return copy;
}

void write(const KafkaProperties& properties, const std::string& topic, const std::vector<std::string>& values,
           int32_t partition) {
  auto writer = must(RecordWriter::open(properties, 20s));
  for (const std::string& value : values)
    must(writer->write({.topic = topic, .key = {}, .value = value, .headers = {}}, partition));
  must(writer->flush(60s));
}

void write(const KafkaProperties& properties, const OutRecord& record, int32_t partition) {
  auto writer = must(RecordWriter::open(properties, 20s));
  must(writer->write(record, partition));
  must(writer->flush(60s));
}

std::vector<Owned> read_all(const KafkaProperties& properties, const std::string& topic) {
  auto reader = must(RecordReader::open(properties, {topic}, 20s));
  std::vector<Owned> records;
  const auto deadline = steady_clock::now() + 60s;
  while (!reader->at_end() && steady_clock::now() < deadline)
    must(reader->read(500ms, [&](const RawRecord& record) { records.push_back(owned(record)); }));
  return records;
}

Stream::Stream(const KafkaProperties& properties, const std::string& from, const std::string& group,
               CommitterSettings settings, Make make, SourceSettings source_settings)
    : make_(std::move(make)) {
  KafkaSourcePlan plan;
  plan.topics = {from};
  plan.group = group;
  plan.properties = properties;
  plan.properties.emplace("session.timeout.ms", "6000");
  plan.properties.emplace("heartbeat.interval.ms", "500");
  if (settings.properties.empty()) settings.properties = properties;
  for (SinkTarget& sink : settings.sinks)
    if (sink.properties.empty()) sink.properties = properties;
  source_ = must(KafkaSource::open(plan, source_settings));
  committer_ = must(AtLeastOnceCommitter::open(settings, *source_, metrics_));
}

Stream::~Stream() {
  committer_.reset();
  source_.reset();
}

void Stream::read(TopicPartition at) {
  auto chunk = std::make_shared<OutChunk>();
  std::vector<std::pair<Ticket, std::pair<uint32_t, uint32_t>>> spans;
  const auto shown =
      source_->poll(at, static_cast<uint32_t>(std::min<int64_t>(room, 500)), 8 << 20, [&](const RawRecord& record) {
        const auto first = static_cast<uint32_t>(chunk->records.size());
        make_(record, *chunk);
        spans.push_back({{SourceId{}, record.at, record.offset, owned_[at]},
                         {first, static_cast<uint32_t>(chunk->records.size()) - first}});
      });
  if (!shown) {
    error = shown.error();
    return;
  }
  if (*shown == 0) return;
  ends.erase(at);
  seen += *shown;
  room -= *shown;
  std::vector<Release> releases;
  for (const auto& [ticket, span] : spans) releases.push_back({ticket, {chunk, span.first, span.second}, {}});
  if (auto appended = committer_->append(std::move(releases)); !appended) error = appended.error();
}

void Stream::handle(const SourceEvent& event) {
  events.push_back(event);
  switch (event.kind) {
    case SourceEvent::Kind::assigned:
      ++epoch_;
      for (const TopicPartition at : event.partitions) owned_[at] = epoch_;
      break;
    case SourceEvent::Kind::revoke:
    case SourceEvent::Kind::lost:
      must(committer_->revoke(event.partitions, event.kind == SourceEvent::Kind::lost, steady_clock::now() + 5s));
      for (const TopicPartition at : event.partitions) {
        owned_.erase(at);
        ends.erase(at);
      }
      must(source_->release(event.partitions));
      break;
    case SourceEvent::Kind::end:
      ends[event.partitions[0]] = event.next;
      must(committer_->advance(event.partitions[0], event.next));
      break;
  }
}

void Stream::step(Duration wait) {
  auto happened = source_->events(wait);
  if (!happened) {
    error = happened.error();
    return;
  }
  for (const SourceEvent& event : *happened) handle(event);
  const auto mine = owned_;
  for (const auto& [at, epoch] : mine)
    if (room > 0 && !error) read(at);
  auto done = committer_->durable(steady_clock::now());
  if (!done) {
    error = done.error();
    return;
  }
  durable.insert(durable.end(), done->begin(), done->end());
}

bool Stream::run_until(const std::function<bool()>& done, Duration limit) {
  const auto deadline = steady_clock::now() + limit;
  while (!done()) {
    if (error || steady_clock::now() >= deadline) return false;
    step();
  }
  return true;
}

void Stream::close() {
  must(committer_->drain(steady_clock::now() + 20s));
  auto done = must(committer_->durable(steady_clock::now()));
  durable.insert(durable.end(), done.begin(), done.end());
  must(source_->close());
}

Stream::Make copy_to(std::string topic) {
  return [topic = std::move(topic)](const RawRecord& record, OutChunk& chunk) {
    OutRecord out;
    out.topic = chunk.arena.copy(topic);
    if (record.key) out.key = chunk.arena.copy(*record.key);
    if (record.value) out.value = chunk.arena.copy(*record.value);
    const auto headers = chunk.arena.array<Header>(record.headers.size());
    for (size_t i = 0; i < headers.size(); ++i) {
      headers[i].name = chunk.arena.copy(record.headers[i].name);
      if (record.headers[i].value) headers[i].value = chunk.arena.copy(*record.headers[i].value);
    }
    out.headers = headers;
    chunk.records.push_back(out);
  };
}

int64_t total_lag(const KafkaProperties& properties, const std::string& group, const std::string& topic) {
  auto admin = must(Admin::connect(properties, 20s));
  const std::string topics[] = {topic};
  int64_t sum = 0;
  for (const PartitionLag& row : must(admin->lag(group, topics, 20s))) sum += row.lag();
  return sum;
}

}  // namespace weir::kafka::test
