#include "tests/simulation/broker_source.hpp"

#include <algorithm>

namespace weir {

void BrokerSource::assign(const std::vector<TopicPartition>& partitions) {
  for (TopicPartition at : partitions) {
    FakeBroker::Partition& from = broker_.partition(at);
    from.owner = process_;
    position_[at] = {from.committed, std::nullopt};
    broker_.note({FakeEvent::Kind::assigned, process_, at, from.committed});
  }
  events_.push_back({SourceEvent::Kind::assigned, partitions});
}

void BrokerSource::revoke(const std::vector<TopicPartition>& partitions) {
  events_.push_back({SourceEvent::Kind::revoke, partitions});
}

void BrokerSource::lose(const std::vector<TopicPartition>& partitions) {
  for (TopicPartition at : partitions) {
    broker_.partition(at).owner = FakeBroker::kNobody;
    broker_.partition(at).zombie = process_;
    position_[at].lost = true;
  }
  events_.push_back({SourceEvent::Kind::lost, partitions});
}

Result<void> BrokerSource::take_error() {
  if (!error_) return {};
  const Error error = *std::exchange(error_, std::nullopt);
  return fail(error);
}

Result<std::vector<SourceEvent>> BrokerSource::events(Duration wait) {
  if (auto ok = take_error(); !ok) return fail(ok.error());
  waits.push_back(wait);
  std::vector<SourceEvent> out(events_.begin(), events_.end());
  events_.clear();
  return out;
}

Result<uint32_t> BrokerSource::poll(TopicPartition at, uint32_t records, int64_t bytes,
                                    const std::function<void(const RawRecord&)>& visit) {
  if (auto ok = take_error(); !ok) return fail(ok.error());
  Position& position = position_.at(at);
  if (position.lost) return 0u;  // the client knows already
  const FakeBroker::Partition& from = broker_.partition(at);
  auto record = std::lower_bound(from.records.begin(), from.records.end(), position.next,
                                 [](const FakeRecord& r, Offset next) { return r.offset < next; });
  uint32_t shown = 0;
  int64_t shown_bytes = 0;
  std::vector<Header> headers;
  for (; record != from.records.end() && shown < records && (shown == 0 || shown_bytes < bytes); ++record, ++shown) {
    headers.clear();
    for (const auto& [name, value] : record->headers) headers.push_back({name, value});
    const int64_t size = static_cast<int64_t>(record->key.value_or("").size() + record->value.value_or("").size());
    shown_bytes += size;
    position.next = Offset{record->offset.value + 1};
    broker_.note({FakeEvent::Kind::shown, process_, at, record->offset, 0, size});
    visit({at, record->offset, record->key, record->value, headers, record->timestamp_ms});
  }
  if (record == from.records.end()) {
    position.next = from.end;
    if (position.end_told != from.end) {
      position.end_told = from.end;
      events_.push_back({SourceEvent::Kind::end, {at}, from.end});
    }
  }
  polls.push_back({at, records, bytes, shown});
  return shown;
}

void BrokerSource::give_up(TopicPartition at) {
  FakeEvent event{FakeEvent::Kind::gave_up, process_, at, position_.at(at).next};
  event.lost = position_.at(at).lost;
  broker_.note(std::move(event));
  FakeBroker::Partition& from = broker_.partition(at);
  if (from.owner == process_) from.owner = FakeBroker::kNobody;
  if (from.zombie == process_) from.zombie = FakeBroker::kNobody;
  position_.erase(at);
}

Result<void> BrokerSource::release(std::span<const TopicPartition> partitions) {
  if (auto ok = take_error(); !ok) return ok;
  for (TopicPartition at : partitions) {
    released.push_back(at);
    if (owns(at)) give_up(at);
  }
  return {};
}

Result<void> BrokerSource::close() {
  if (auto ok = take_error(); !ok) return ok;
  while (!position_.empty()) give_up(position_.begin()->first);
  closed = true;
  return {};
}

}  // namespace weir
