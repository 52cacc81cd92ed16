#pragma once

#include <cstdint>
#include <random>
#include <string_view>

namespace weir::simulation {

// A safeguard that is turned off, to see that the checker notices.
enum class Mutant : uint8_t { none, budget_at_compute, no_epoch, no_prefix, no_branch_count, forget_on_abort };

inline constexpr std::string_view kMutantNames[] = {"none",      "budget_at_compute", "no_epoch",
                                                    "no_prefix", "no_branch_count",   "forget_on_abort"};

// Everything random comes from here, so that a seed replays. (std::uniform_int_distribution differs between libraries.)
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(engine_() % n); }
  uint32_t between(uint32_t low, uint32_t high) { return low + below(high - low + 1); }
  bool one_in(uint32_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

// The shape of one simulated run, drawn from its seed.
struct Plan {
  uint32_t partitions = 1;
  uint32_t records = 0;      // a partition
  uint32_t value_bytes = 0;  // at most
  bool exactly_once = false;
  bool two_heads = false;  // fan-out under the tokenizer (two poolers); else two sinks under one pooler
  bool skip_tombstones = false;
  bool until_end = false;  // ends by itself at the end of the topic; else by `stop`
  int64_t budget = 0;
  uint32_t max_in_flight = 0;
  uint32_t chunk_jobs = 0;
  int64_t chunk_bytes = 0;
  uint32_t breaker_window = 1000;
  int64_t max_record_bytes = 0;  // of the second output topic: three sequences may be too much
  uint32_t actions = 0;
  uint32_t calm = 1;  // the larger, the rarer are rebalances and faults

  explicit Plan(Dice& dice)
      : partitions(dice.between(1, 4)),
        records(dice.between(5, 120)),
        value_bytes(dice.one_in(3) ? 60 : 1500),
        exactly_once(dice.one_in(2)),
        two_heads(dice.one_in(2)),
        skip_tombstones(dice.one_in(2)),
        until_end(dice.one_in(4)),
        budget(dice.between(8, 48) * 1024),
        max_in_flight(dice.one_in(3) ? dice.between(1, 8) : 1000),
        chunk_jobs(dice.between(1, 12)),
        chunk_bytes(dice.between(256, 6000)),
        breaker_window(dice.one_in(8) ? 20 : 1000),
        max_record_bytes(dice.one_in(2) ? 1'000'000 : 139),
        actions(dice.between(200, 2500)),
        calm(dice.between(1, 12)) {}
};

}  // namespace weir::simulation
