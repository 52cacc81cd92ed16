#include "pipeline/delivery/ledger.hpp"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

namespace weir {
namespace {

constexpr size_t kSmallestRing = 64;

std::string name(const Ticket& ticket) {
  return fmt::format("source {} topic {} partition {} offset {} epoch {}", ticket.source.value, ticket.at.topic,
                     ticket.at.partition, ticket.offset.value, ticket.epoch);
}

}  // namespace

uint32_t Ledger::assign(TopicPartition at) {
  auto [it, fresh] = partitions_.try_emplace(at);
  assert(fresh && "a partition is assigned again before it was lost");
  it->second.epoch = ++epochs_;
  return it->second.epoch;
}

Ledger::Closed Ledger::lose(TopicPartition at) {
  Closed closed;
  auto it = partitions_.find(at);
  if (it == partitions_.end()) return closed;
  Partition& partition = it->second;
  for (uint64_t s = partition.marks.durable; s < partition.marks.admitted; ++s) {
    closed.bytes += partition.at(s).price;
    ++closed.records;
  }
  in_flight_ -= closed.records;
  partitions_.erase(it);
  std::erase(ready_, at);
  return closed;
}

uint32_t Ledger::room(TopicPartition at) const {
  auto it = partitions_.find(at);
  if (it == partitions_.end()) return 0;
  return max_in_flight_ - it->second.marks.in_flight();
}

Ticket Ledger::ticket(TopicPartition at, Offset offset) const {
  auto it = partitions_.find(at);
  return {source_, at, offset, it == partitions_.end() ? 0 : it->second.epoch};
}

Result<void> Ledger::admit(const Ticket& ticket, int64_t price, uint16_t branches, int64_t timestamp_ms) {
  Partition* partition = current(ticket);
  if (!partition)
    return fail(ErrorCode::internal, "a record was shown of a partition that is not assigned: " + name(ticket));
  Marks& marks = partition->marks;
  if (ticket.offset < marks.next_read) {
    return fail(ErrorCode::fatal,
                fmt::format("offsets of a partition went back below {}: {}. Was the topic deleted or cut "
                            "short? A restart reads on from the committed offset",
                            marks.next_read.value, name(ticket)));
  }
  if (marks.in_flight() == partition->ring.size())
    resize(*partition, std::max(kSmallestRing, 2 * partition->ring.size()));

  Entry& entry = partition->at(marks.admitted++);
  if (marks.in_flight() == 1) marks.next = ticket.offset;
  marks.next_read = Offset{ticket.offset.value + 1};
  entry.offset = ticket.offset;
  entry.price = price;
  entry.timestamp_ms = timestamp_ms;
  entry.open = branches;
  entry.failed = false;
  ++in_flight_;
  if (branches == 0) notice(ticket.at, *partition);
  return {};
}

int64_t Ledger::reprice(const Ticket& ticket, int64_t change) {
  Partition* partition = current(ticket);
  Entry* entry = partition ? find(*partition, ticket.offset, nullptr) : nullptr;
  if (!entry) return 0;
  change = std::max(change, -entry->price);
  entry->price += change;
  return change;
}

Result<Ledger::Finish> Ledger::finish(const Ticket& ticket, OutSpan records, uint16_t branches, bool failed) {
  Partition* partition = current(ticket);
  if (!partition) return Finish::late;
  Entry* entry = find(*partition, ticket.offset, nullptr);
  if (!entry) return fail(ErrorCode::internal, "an outcome came for a record that is not in flight: " + name(ticket));
  if (branches > entry->open) {
    return fail(ErrorCode::internal,
                fmt::format("{} outcomes came where {} were due: {}", branches, entry->open, name(ticket)));
  }

  entry->open -= branches;
  entry->failed |= failed;
  if (records.count > 0) {
    if (entry->first.count == 0) {
      entry->first = std::move(records);
    } else {
      entry->more.push_back(std::move(records));
    }
  }
  if (entry->open > 0) return Finish::open;
  notice(ticket.at, *partition);
  return entry->failed ? Finish::closed_failed : Finish::closed;
}

void Ledger::take_finished(std::vector<Release>& out) {
  for (const TopicPartition& at : ready_) {
    Partition& partition = partitions_.at(at);
    partition.ready = false;
    Marks& marks = partition.marks;
    while (marks.finished < marks.admitted && partition.at(marks.finished).open == 0) {
      Entry& entry = partition.at(marks.finished++);
      out.push_back({{source_, at, entry.offset, partition.epoch}, std::move(entry.first), std::move(entry.more)});
      entry.first = {};
      entry.more = {};
    }
  }
  ready_.clear();
}

Result<Ledger::Closed> Ledger::durable(const Ticket& ticket) {
  Closed closed;
  Partition* partition = current(ticket);
  if (!partition) return closed;
  uint64_t last = 0;
  if (!find(*partition, ticket.offset, &last)) return closed;  // closed by a later ticket before
  Marks& marks = partition->marks;
  if (last >= marks.finished) {
    return fail(ErrorCode::internal,
                "a committer reports a record as durable that it was never given: " + name(ticket));
  }
  closed.oldest_timestamp_ms = partition->at(marks.durable).timestamp_ms;
  for (; marks.durable <= last; ++marks.durable) {
    closed.bytes += partition->at(marks.durable).price;
    ++closed.records;
  }
  in_flight_ -= closed.records;
  marks.next = marks.durable < marks.admitted ? partition->at(marks.durable).offset : marks.next_read;
  const size_t size = partition->ring.size();
  if (size > kSmallestRing && marks.in_flight() < size / 4) resize(*partition, size / 2);
  return closed;
}

const Ledger::Marks* Ledger::marks(TopicPartition at) const {
  auto it = partitions_.find(at);
  return it == partitions_.end() ? nullptr : &it->second.marks;
}

bool Ledger::unfinished(TopicPartition at) const {
  const Marks* found = marks(at);
  return found && found->finished < found->admitted;
}

Ledger::Partition* Ledger::current(const Ticket& ticket) {
  auto it = partitions_.find(ticket.at);
  if (it == partitions_.end() || it->second.epoch != ticket.epoch) return nullptr;
  return &it->second;
}

// Offsets rise by at least one an entry, so the distances to the first and to the last offset bound the sequence from
// both sides: without gaps the two bounds meet and there is nothing to search.
Ledger::Entry* Ledger::find(Partition& partition, Offset offset, uint64_t* sequence) {
  const Marks& marks = partition.marks;
  if (marks.durable == marks.admitted) return nullptr;
  const int64_t from_first = offset.value - partition.at(marks.durable).offset.value;
  const int64_t from_last = partition.at(marks.admitted - 1).offset.value - offset.value;
  if (from_first < 0 || from_last < 0) return nullptr;
  const uint64_t last = marks.admitted - 1;
  const uint64_t span = last - marks.durable;
  uint64_t low = last - std::min<uint64_t>(span, static_cast<uint64_t>(from_last));
  uint64_t high = marks.durable + std::min<uint64_t>(span, static_cast<uint64_t>(from_first));
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    if (partition.at(middle).offset < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  Entry& entry = partition.at(low);
  if (entry.offset != offset) return nullptr;
  if (sequence) *sequence = low;
  return &entry;
}

void Ledger::resize(Partition& partition, size_t size) {
  std::vector<Entry> ring(size);
  for (uint64_t s = partition.marks.durable; s < partition.marks.admitted; ++s) {
    ring[s & (size - 1)] = std::move(partition.at(s));
  }
  partition.ring = std::move(ring);
}

void Ledger::notice(TopicPartition at, Partition& partition) {
  if (partition.ready || partition.at(partition.marks.finished).open != 0) return;
  partition.ready = true;
  ready_.push_back(at);
}

}  // namespace weir
