#include "tests/simulation/checker.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "tests/simulation/texts.hpp"

namespace weir::simulation {
namespace {

class Checker {
 public:
  Checker(const FakeBroker& broker, const Plan& plan) : broker_(broker), plan_(plan) {}

  std::string run() {
    for (size_t i = 0; i < broker_.history.size(); ++i) {
      std::string wrong = look(broker_.history[i]);
      if (!wrong.empty()) {
        const FakeEvent& event = broker_.history[i];
        return fmt::format("event {} (process {}, partition {}, offset {}): {}", i, event.process, event.at.partition,
                           event.offset.value, wrong);
      }
    }
    return {};
  }

 private:
  struct Seen {  // of one input record
    std::array<uint32_t, 2> outputs{};
    std::array<uint32_t, 2> dead_letters{};  // by the branch that wrote it
  };
  struct Partition {
    Offset committed{};
    Offset read_from{};              // the next record that may be shown
    std::map<Offset, int64_t> held;  // shown and not durable: bytes
    std::map<Offset, Seen> seen;
    std::array<Offset, 2> last_output{Offset{-1}, Offset{-1}};
    uint32_t epoch = 0;
  };

  std::string look(const FakeEvent& event) {
    Partition& at = partitions_[event.at];
    switch (event.kind) {
      case FakeEvent::Kind::assigned:
        at.read_from = event.offset;
        if (!plan_.exactly_once) at.last_output = {Offset{-1}, Offset{-1}};
        at.epoch = 0;
        return event.offset == at.committed ? "" : "I16: reading does not start at the committed offset";
      case FakeEvent::Kind::shown: return shown(event, at);
      case FakeEvent::Kind::wrote: return wrote(event, at);
      case FakeEvent::Kind::committed: return committed(event, at);
      case FakeEvent::Kind::overcommit: return "I5: a commit for a partition of somebody else";
      case FakeEvent::Kind::durable:
        if (event.epoch != at.epoch) return "";  // late
        while (!at.held.empty() && at.held.begin()->first <= event.offset) let_go(at);
        return "";
      case FakeEvent::Kind::gave_up:
        while (!at.held.empty()) let_go(at);
        return "";
      case FakeEvent::Kind::crashed:
        for (auto& [_, partition] : partitions_) partition.held.clear();
        held_bytes_ = 0;
        return "";
    }
    return "";
  }

  void let_go(Partition& at) {
    held_bytes_ -= at.held.begin()->second;
    at.held.erase(at.held.begin());
  }

  std::string shown(const FakeEvent& event, Partition& at) {
    if (event.offset < at.committed) return "I16: a record is read that was committed before";
    if (event.offset < at.read_from) return "I16: a record is read twice in one assignment";
    at.read_from = Offset{event.offset.value + 1};
    at.held[event.offset] = event.bytes;
    held_bytes_ += event.bytes;
    // One chunk over: what a poll may bring, and the record that ends it.
    const int64_t most = plan_.budget + plan_.chunk_bytes + plan_.value_bytes;
    return held_bytes_ <= most ? "" : fmt::format("I9: {} bytes are held, {} allowed", held_bytes_, most);
  }

  std::string wrote(const FakeEvent& event, Partition& at) {
    if (!event.visible) return "";
    const FakeRecord* cause = record(event.at, event.offset);
    if (!cause) return "I2: an output without an input";
    if (event.offset >= at.read_from) return "I2: an output of a record that was not read";
    if (event.process != kOthers) at.epoch = event.epoch;
    Seen& seen = at.seen[event.offset];
    if (event.topic == "dead") {
      if (event.value != cause->value || event.key != cause->key) return "I2: a dead letter is not its record";
      const auto pipeline = std::find_if(event.headers.begin(), event.headers.end(),
                                         [](const auto& header) { return header.first == "weir.dlq.pipeline"; });
      const auto branch = static_cast<size_t>(pipeline->second[0] - '0');
      return ++seen.dead_letters[branch] > 1 && plan_.exactly_once ? "I1: two dead letters of one branch" : "";
    }
    const auto branch = static_cast<uint32_t>(event.topic[0] - '0');
    if (!right_value(event, *cause, branch)) return "I2: the value is not the answer to this record";
    if (event.offset <= at.last_output[branch]) return "I4: outputs are not in the order of the input";
    at.last_output[branch] = event.offset;
    return ++seen.outputs[branch] > 1 && plan_.exactly_once ? "I1: an output twice" : "";
  }

  bool right_value(const FakeEvent& event, const FakeRecord& cause, uint32_t branch) const {
    if (!cause.value) return !event.value;
    if (!event.value) return false;
    const auto want = expected(event.at, event.offset, plan_.two_heads ? branch : 0, *cause.value);
    return event.value->size() == want.size() * sizeof(float) &&
           std::memcmp(event.value->data(), want.data(), event.value->size()) == 0;
  }

  std::string committed(const FakeEvent& event, Partition& at) {
    if (event.offset < at.committed) return "I5: a committed offset goes back";
    const auto& records = broker_.partitions.at(event.at).records;
    auto it = std::lower_bound(records.begin(), records.end(), at.committed,
                               [](const FakeRecord& r, Offset offset) { return r.offset < offset; });
    for (; it != records.end() && it->offset < event.offset; ++it) {
      if (it->offset >= at.read_from) return "I5: a commit passes a record that was not read";
      if (!it->value && plan_.skip_tombstones) continue;
      const Seen& seen = at.seen[it->offset];
      // Two sinks under one pooler share its dead letter, and so do the branches of what was never decoded.
      const bool shared = !plan_.two_heads || (it->value && (*it->value)[0] == kUndecodable);
      for (size_t branch = 0; branch < 2; ++branch) {
        const uint32_t own = seen.outputs[branch] + seen.dead_letters[branch];
        const uint32_t ends = own > 0 || !shared ? own : seen.dead_letters[1 - branch];
        if (ends == 0)
          return fmt::format("I1, I5: the commit passes {}, branch {} unfinished", it->offset.value, branch);
        if (ends > 1 && plan_.exactly_once) return fmt::format("I1: two outcomes of {}", it->offset.value);
      }
    }
    at.committed = event.offset;
    return "";
  }

  const FakeRecord* record(TopicPartition at, Offset offset) const {
    const auto& records = broker_.partitions.at(at).records;
    auto it = std::lower_bound(records.begin(), records.end(), offset,
                               [](const FakeRecord& r, Offset o) { return r.offset < o; });
    return it != records.end() && it->offset == offset ? &*it : nullptr;
  }

  static constexpr int32_t kOthers = 0;

  const FakeBroker& broker_;
  const Plan& plan_;
  std::map<TopicPartition, Partition> partitions_;
  int64_t held_bytes_ = 0;
};

}  // namespace

std::string check(const FakeBroker& broker, const Plan& plan) { return Checker(broker, plan).run(); }

}  // namespace weir::simulation
