#include "tests/simulation/fake_broker.hpp"

namespace weir {

Offset FakeBroker::produce(TopicPartition at, std::optional<std::string> value, int64_t gap) {
  partition(at).end.value += gap;
  FakeRecord record;
  record.value = std::move(value);
  produce(at, std::move(record));
  return Offset{partition(at).end.value - 1};
}

void FakeBroker::produce(TopicPartition at, FakeRecord record) {
  Partition& to = partition(at);
  record.offset = to.end;
  ++to.end.value;
  to.records.push_back(std::move(record));
}

void FakeBroker::write(int32_t process, const Ticket& cause, const OutRecord& record, bool visible) {
  FakeEvent event;
  event.kind = FakeEvent::Kind::wrote;
  event.process = process;
  event.at = cause.at;
  event.offset = cause.offset;
  event.epoch = cause.epoch;
  event.visible = visible;
  event.topic = record.topic;
  if (record.key) event.key.emplace(*record.key);
  if (record.value) event.value.emplace(*record.value);
  for (const Header& header : record.headers) event.headers.emplace_back(header.name, header.value.value_or(""));
  history.push_back(std::move(event));
}

void FakeBroker::commit(int32_t process, TopicPartition at, Offset next) {
  FakeEvent event;
  Partition& to = partition(at);
  event.kind = to.owner == process ? FakeEvent::Kind::committed : FakeEvent::Kind::overcommit;
  event.process = process;
  event.at = at;
  event.offset = next;
  history.push_back(std::move(event));
  to.committed = next;
}

}  // namespace weir
