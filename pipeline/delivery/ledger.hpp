#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "messages/out_record.hpp"
#include "messages/ticket.hpp"
#include "pipeline/delivery/ports.hpp"

namespace weir {

// Where every record of a source stands between admission and durability. One ring per partition with three marks:
//
//   admitted >= finished prefix (goes to the Committer) >= durable prefix (closes tickets, frees budget)
//
// so that results may come in any order, outputs keep the order of their partition, and an offset never passes an
// unfinished job. A ticket is opened with all its branches: the number of sinks under a source is known from the plan,
// so no fan-out has to add any on the way. Offsets may have gaps (compacted topics, control records).
//
// Owned by Delivery and used from its thread only. Does not allocate per record in a steady state: rings grow and
// shrink by powers of two; a record's share is kEntryBytes, to be part of its price. A Result error means that counts
// do not add up (an outcome too many, an offset that goes back): the process must not go on, for it could commit what
// was never written.
class Ledger {
 public:
  struct Marks {
    uint64_t admitted = 0;  // counts of records since the assignment
    uint64_t finished = 0;  // the contiguous prefix that was taken
    uint64_t durable = 0;
    Offset next{};       // the first offset that is not durable: what a commit would say; 0 before the first record
    Offset next_read{};  // after the last admitted
    uint32_t in_flight() const { return static_cast<uint32_t>(admitted - durable); }
  };
  struct Closed {
    uint32_t records = 0;
    int64_t bytes = 0;  // to be given back to the budget
    int64_t oldest_timestamp_ms = -1;
  };
  enum class Finish : uint8_t { open, closed, closed_failed, late };

  static constexpr int64_t kEntryBytes = 2 * 88;  // a ring is a quarter to wholly full

  Ledger(SourceId source, uint32_t max_in_flight)
      : source_(source), max_in_flight_(max_in_flight ? max_in_flight : 1) {}

  // A new assignment with a new epoch; an older one of this partition must have been lost before.
  uint32_t assign(TopicPartition at);
  // Forgets a partition; results that still come for it are late.
  Closed lose(TopicPartition at);

  // How many more records of this partition may be admitted; 0 when it is not assigned.
  uint32_t room(TopicPartition at) const;
  // The ticket that a record of an assigned partition gets.
  Ticket ticket(TopicPartition at, Offset offset) const;
  // Opens a ticket. `branches` outcomes are to come; 0: nothing is (the record is skipped, its offset advances).
  Result<void> admit(const Ticket& ticket, int64_t price, uint16_t branches, int64_t timestamp_ms = -1);
  // Changes the price of an open ticket; returns the difference for the budget, 0 when it is late.
  int64_t reprice(const Ticket& ticket, int64_t change);
  // `branches` of the ticket's branches are done, together causing these records.
  Result<Finish> finish(const Ticket& ticket, OutSpan records, uint16_t branches, bool failed);

  // Appends the releases that became part of a finished prefix, in order of their partition.
  void take_finished(std::vector<Release>& out);
  // The ticket and all before it are durable. Late tickets close nothing.
  Result<Closed> durable(const Ticket& ticket);

  // Null when the partition is not assigned.
  const Marks* marks(TopicPartition at) const;
  bool unfinished(TopicPartition at) const;  // admitted, but not in the prefix that was taken
  uint64_t in_flight() const { return in_flight_; }

 private:
  struct Entry {
    Offset offset;
    int64_t price = 0;
    int64_t timestamp_ms = -1;
    OutSpan first;
    std::vector<OutSpan> more;
    uint16_t open = 0;  // branches to come
    bool failed = false;
  };
  struct Partition {
    uint32_t epoch = 0;
    Marks marks;              // also the sequence numbers of the ring
    std::vector<Entry> ring;  // size is a power of two; entry of sequence s at s & (size - 1)
    bool ready = false;       // named in ready_
    Entry& at(uint64_t sequence) { return ring[sequence & (ring.size() - 1)]; }
  };

  Partition* current(const Ticket& ticket);
  static Entry* find(Partition& partition, Offset offset, uint64_t* sequence);
  static void resize(Partition& partition, size_t size);
  void notice(TopicPartition at, Partition& partition);

  const SourceId source_;
  const uint32_t max_in_flight_;
  uint32_t epochs_ = 0;
  uint64_t in_flight_ = 0;
  std::unordered_map<TopicPartition, Partition> partitions_;
  std::vector<TopicPartition> ready_;  // whose first unreleased entry may be finished
};

}  // namespace weir
