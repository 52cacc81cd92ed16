#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "tests/simulation/checker.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/texts.hpp"

namespace weir::simulation {
namespace {

constexpr int32_t kOthers = 0;  // the process number of the rest of the group

class Run {
 public:
  Run(uint64_t seed, Mutant mutant) : dice_(seed), plan_(dice_), mutant_(mutant) {}

  std::string run() {
    for (uint32_t p = 0; p < plan_.partitions; ++p) {
      for (uint32_t i = dice_.below(plan_.records); i-- > 0;) produce(at(p));
    }
    start();
    for (uint32_t i = 0; i < plan_.actions && wrong_.empty(); ++i) act();
    if (wrong_.empty()) calm_down();
    const std::string found = check(broker_, plan_);
    return found.empty() ? wrong_ : found;
  }

  const FakeBroker& broker() const { return broker_; }

 private:
  static TopicPartition at(uint32_t p) { return {0, static_cast<int32_t>(p)}; }

  void produce(TopicPartition to) {
    if (dice_.one_in(12)) return broker_.produce_control(to);
    FakeRecord record;
    if (dice_.one_in(2)) record.key = "key";
    static constexpr char kinds[] = {'1', '1', '1', '1', '1', '1', '2', '3', kUndecodable, kPoison, kNan, kDeadline};
    if (!dice_.one_in(15)) {
      record.value = std::string(dice_.between(1, plan_.value_bytes), 'x');
      (*record.value)[0] = kinds[dice_.below(sizeof kinds)];
    }
    broker_.partition(to).end.value += dice_.one_in(5) ? dice_.below(4) : 0;
    broker_.produce(to, std::move(record));
  }

  void start() {
    process_ = std::make_unique<Process>(broker_, plan_, mutant_, dice_, clock_, ++processes_);
    revoking_.clear();
    clean_.clear();
    expects_error_ = ending_ = false;
    assign(plan_.partitions);
  }

  void crash() {
    broker_.note({FakeEvent::Kind::crashed, processes_});
    process_.reset();
    for (auto& [_, partition] : broker_.partitions) {
      if (partition.owner == processes_) partition.owner = FakeBroker::kNobody;
      if (partition.zombie == processes_) partition.zombie = FakeBroker::kNobody;
    }
    start();
  }

  void assign(uint32_t most) {
    std::vector<TopicPartition> free;
    for (uint32_t p = 0; p < plan_.partitions && free.size() < most; ++p) {
      if (process_->source().owns(at(p))) continue;
      if (dice_.one_in(3)) others_consume(at(p));
      free.push_back(at(p));
    }
    if (!free.empty()) process_->source().assign(free);
  }

  // Another process of the group had the partition for a while.
  void others_consume(TopicPartition from) {
    FakeBroker::Partition& partition = broker_.partition(from);
    partition.owner = kOthers;
    broker_.note({FakeEvent::Kind::assigned, kOthers, from, partition.committed});
    uint32_t left = dice_.below(6);
    for (const FakeRecord& record : partition.records) {
      if (record.offset < partition.committed) continue;
      if (left-- == 0) break;
      broker_.note({FakeEvent::Kind::shown, kOthers, from, record.offset});
      const Ticket ticket{SourceId{0}, from, record.offset, 0};
      for (uint32_t branch = 0; branch < 2; ++branch) {
        OutRecord out;
        out.topic = branch == 0 ? "0" : "1";
        std::vector<float> values;
        if (record.value) {
          values = expected(from, record.offset, plan_.two_heads ? branch : 0, *record.value);
          out.value = std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
        }
        if (record.value || !plan_.skip_tombstones) broker_.write(kOthers, ticket, out, true);
      }
      broker_.commit(kOthers, from, Offset{record.offset.value + 1});
    }
    broker_.note({FakeEvent::Kind::gave_up, kOthers, from});
    partition.owner = FakeBroker::kNobody;
  }

  void act() {
    const uint32_t what = dice_.below(100);
    if (what < 40) return step();
    if (what < 80) {
      process_->work(true);
      return look_at_process();
    }
    if (what < 86) return clock_.advance(std::chrono::milliseconds(dice_.between(1, 50)));
    if (what < 90) return produce(at(dice_.below(plan_.partitions)));
    if (!dice_.one_in(plan_.calm)) return;
    if (what < 95) return disturb_committer();
    if (what < 99) return disturb_group();
    disturb_process();
  }

  void disturb_committer() {
    BrokerCommitter& committer = process_->committer();
    switch (dice_.below(6)) {
      case 5:  // limits pass
        clean_.clear();
        return clock_.advance(std::chrono::seconds(dice_.between(1, 40)));
      case 0:
        committer.cork();
        clean_.clear();
        break;
      case 1: committer.uncork(); break;
      case 2: committer.abort_next(); break;
      case 3: committer.acknowledge_after(dice_.below(20)); break;
      default: committer.at_once(dice_.one_in(2) ? dice_.between(1, 10) : 1'000'000); break;
    }
  }

  void disturb_group() {
    const TopicPartition first = at(dice_.below(plan_.partitions));
    std::vector<TopicPartition> some;
    const bool lost = dice_.one_in(3);
    for (uint32_t p = 0; p < plan_.partitions; ++p) {
      const bool take = at(p) == first || dice_.one_in(2);
      const bool ours = broker_.partition(at(p)).owner == processes_;  // not lost already
      if (take && ours && (lost || revoking_.count(at(p)) == 0)) some.push_back(at(p));
    }
    if (some.empty() || dice_.one_in(3)) return assign(dice_.between(1, 4));
    if (lost) {
      for (TopicPartition gone : some) clean_.erase(gone);
      return process_->source().lose(some);
    }
    for (TopicPartition going : some) {
      revoking_.insert(going);
      if (!process_->committer().corked() && !ending_) clean_.insert(going);
    }
    process_->source().revoke(some);
  }

  void disturb_process() {
    clean_.clear();
    ending_ = true;
    const Error fatal{ErrorCode::fatal, "the simulation says so"};
    switch (dice_.below(6)) {
      case 0: return crash();
      case 1: expects_error_ = true; return process_->committer().fail_next(fatal);
      case 2: expects_error_ = true; return process_->source().fail_next(fatal);
      case 3: process_->delivery().stop(); [[fallthrough]];
      default: return process_->delivery().stop();
    }
  }

  void step() {
    const auto state = process_->delivery().step(Duration::zero());
    if (!state) {
      if (expects_error_) return crash();
      wrong_ = "the delivery ended: " + state.error().message;
      return;
    }
    look_at_process();
    look_at_revokes();
    if (*state == Delivery::State::finished) {
      if (process_->budget().held() != 0) wrong_ = "I9: the budget is not empty at the end";
      process_.reset();
      start();
    }
  }

  void look_at_process() {
    if (!process_->broken().empty()) wrong_ = process_->broken();
    // One chunk over, as it is priced: its own share, and twice and a quarter its bytes when none can be decoded.
    const int64_t a_job = static_cast<int64_t>(2 * sizeof(Job)) + Ledger::kEntryBytes + 128;
    const int64_t a_chunk =
        12 * 1024 + (plan_.chunk_bytes + plan_.value_bytes) * 9 / 4 + static_cast<int64_t>(plan_.chunk_jobs) * a_job;
    const int64_t most = plan_.budget + a_chunk;
    const int64_t held = process_->budget().held();
    if (held < 0 || held > most) wrong_ = fmt::format("I9: the budget holds {}, {} allowed", held, most);
  }

  // What a revoke without faults gave away has been committed in whole.
  void look_at_revokes() {
    for (; looked_at_ < broker_.history.size(); ++looked_at_) {
      const FakeEvent& event = broker_.history[looked_at_];
      if (event.kind != FakeEvent::Kind::gave_up || event.process != processes_) continue;
      revoking_.erase(event.at);
      if (clean_.erase(event.at) == 0) continue;
      const FakeBroker::Partition& from = broker_.partition(event.at);
      for (const FakeRecord& record : from.records) {
        if (record.offset >= from.committed && record.offset < event.offset) {
          wrong_ = fmt::format("I16: partition {} was revoked without a fault, and {} was read but not committed",
                               event.at.partition, record.offset.value);
        }
      }
    }
  }

  bool all_committed() const {
    return std::all_of(broker_.partitions.begin(), broker_.partitions.end(),
                       [](const auto& entry) { return entry.second.committed == entry.second.end; });
  }

  void end_faults() {
    process_->committer().uncork();
    process_->committer().acknowledge_after(0);
    process_->committer().at_once(1'000'000);
  }

  // No more faults: all must become committed, then the process must end.
  void calm_down() {
    for (int i = 0; i < 3000 && !all_committed() && wrong_.empty(); ++i) {
      end_faults();
      assign(plan_.partitions);
      step();
      while (process_->work(false)) {
      }
      clock_.advance(i > 100 ? std::chrono::seconds(20) : std::chrono::milliseconds(5));
    }
    if (!wrong_.empty()) return;
    if (!all_committed()) {
      wrong_ = "I10: after the faults not all became committed";
      return;
    }
    const int32_t last = processes_;
    process_->delivery().stop();
    for (int i = 0; i < 100 && processes_ == last && wrong_.empty(); ++i) {
      step();
      while (process_->work(false)) {
      }
    }
    if (processes_ == last && wrong_.empty()) wrong_ = "I10: it does not end";
  }

  Dice dice_;
  const Plan plan_;
  const Mutant mutant_;
  ManualClock clock_;
  FakeBroker broker_;
  std::unique_ptr<Process> process_;
  int32_t processes_ = kOthers;
  bool expects_error_ = false;  // a fatal error was asked for
  bool ending_ = false;         // it, or the end of the process
  std::set<TopicPartition> revoking_, clean_;
  size_t looked_at_ = 0;
  std::string wrong_;
};

std::string line_of(const FakeEvent& event) {
  static constexpr const char* kNames[] = {"assigned", "shown",   "wrote",   "committed",
                                           "durable",  "gave_up", "crashed", "overcommit"};
  return fmt::format("{} process={} partition={} offset={} epoch={}{}{}\n", kNames[static_cast<size_t>(event.kind)],
                     event.process, event.at.partition, event.offset.value, event.epoch,
                     event.topic.empty() ? "" : " topic=" + event.topic, event.visible ? "" : " invisible");
}

}  // namespace

std::string simulate(uint64_t seed, Mutant mutant, std::string* history) {
  Run run(seed, mutant);
  std::string wrong = run.run();
  if (history) {
    for (const FakeEvent& event : run.broker().history) *history += line_of(event);
  }
  return wrong;
}

}  // namespace weir::simulation
