#include "actors/batcher.hpp"

#include <utility>

#include "actors/gpu_worker.hpp"
#include "tests/actors/actor_test.hpp"
#include "tests/actors/chunks.hpp"

namespace weir {
namespace {

using Rows = Result<std::vector<std::shared_ptr<const PooledBatch>>>;
using PoolerLog = std::tuple<std::vector<CutPooled>, std::vector<RowsFailed>>;

// One row of one float, the length of the sequence, for each row of the cut.
Rows lengths_of(const Cut& cut) {
  auto batch = std::make_shared<PooledBatch>();
  for (const auto& [chunk, row] : cut.rows) {
    batch->sequences.push_back({static_cast<uint32_t>(batch->values.size()), 1, 1, false});
    batch->values.push_back(static_cast<float>(chunk->sequences[row].count));
  }
  return std::vector<std::shared_ptr<const PooledBatch>>{batch};
}

bool holds_13(const Cut& cut) {
  for (const auto& [chunk, row] : cut.rows)
    if (chunk->sequences[row].count == 13) return true;
  return false;
}

struct BatcherTest : ActorTest {
  std::shared_ptr<PoolerLog> rows = std::make_shared<PoolerLog>();
  caf::actor pooler = start<Collecting<CutPooled, RowsFailed>>(system_, rows);
  ManualClock clock;
  uint32_t opened = 0;
  RunCutFn compute = lengths_of;
  caf::actor batcher;

  void spawn(uint32_t workers, uint32_t max_tokens, uint32_t restarts = 10) {
    BatcherParts parts;
    parts.stage = "batches";
    parts.worker_stage = "hidden";
    parts.workers = workers;
    parts.max_tokens = max_tokens;
    parts.restarts = restarts;
    parts.poolers = {pooler};
    parts.clock = &clock;
    parts.spawn_worker = [this](Stage& host, uint32_t) {
      GpuWorkerParts worker;
      worker.stage = "hidden";
      worker.batcher = caf::actor_cast<caf::actor>(&host);
      worker.poolers = {pooler};
      worker.open = [this]() -> Result<RunCutFn> {
        ++opened;
        return [this](const Cut& cut) { return compute(cut); };
      };
      return start<GpuWorker>(host, std::move(worker));
    };
    batcher = start<Batcher>(system_, std::move(parts));
    run();
  }

  void feed(const std::vector<uint32_t>& lengths) {
    caf::anon_send(batcher, SequencesReady{sequences_of(lengths)});
    run();
  }

  size_t pooled_rows() const {
    size_t count = 0;
    for (const auto& message : std::get<0>(*rows)) count += message.rows->sequences.size();
    return count;
  }
  std::vector<SequenceFailure> failures() const {
    std::vector<SequenceFailure> all;
    for (const auto& message : std::get<1>(*rows))
      all.insert(all.end(), message.failures->begin(), message.failures->end());
    return all;
  }

  ~BatcherTest() override {
    finish(batcher);
    finish(pooler);
  }
};

TEST_F(BatcherTest, an_idle_worker_gets_a_single_sequence_at_once) {
  spawn(1, 1000);
  feed({7});
  ASSERT_EQ(pooled_rows(), 1u);
  EXPECT_EQ(std::get<0>(*rows)[0].rows->values[0], 7.f);
}

TEST_F(BatcherTest, cuts_hold_at_most_the_token_budget) {
  spawn(1, 100);
  feed(std::vector<uint32_t>(50, 30));
  EXPECT_EQ(pooled_rows(), 50u);
  for (const auto& message : std::get<0>(*rows)) EXPECT_LE(message.cut->tokens, 100u);
}

TEST_F(BatcherTest, a_worker_that_dies_is_restarted_and_its_cut_runs_again) {
  int runs = 0;
  compute = [&runs](const Cut& cut) -> Rows {
    if (++runs == 2) throw std::runtime_error("the device fell off the bus");
    return lengths_of(cut);
  };
  spawn(1, 100);
  feed(std::vector<uint32_t>(20, 50));
  EXPECT_EQ(pooled_rows(), 20u);
  EXPECT_TRUE(failures().empty());
  EXPECT_EQ(opened, 2u);
}

TEST_F(BatcherTest, a_poisonous_sequence_is_found_and_its_neighbours_finish) {
  compute = [](const Cut& cut) -> Rows {
    return holds_13(cut) ? Rows(fail(ErrorCode::device_fault, "illegal address")) : lengths_of(cut);
  };
  spawn(2, 1000);
  feed({10, 11, 12, 13, 14, 15, 16, 17});
  EXPECT_EQ(pooled_rows(), 7u);
  ASSERT_EQ(failures().size(), 1u);
  EXPECT_EQ(failures()[0].sequence, 3u);
  EXPECT_EQ(failures()[0].error.code, ErrorCode::retries_exhausted);
}

TEST_F(BatcherTest, a_sequence_that_kills_every_worker_is_found_too) {
  compute = [](const Cut& cut) -> Rows {
    if (holds_13(cut)) throw std::runtime_error("gone");
    return lengths_of(cut);
  };
  spawn(1, 1000, 100);
  feed({10, 13, 12, 11});
  EXPECT_EQ(pooled_rows(), 3u);
  EXPECT_EQ(failures().size(), 1u);
}

TEST_F(BatcherTest, ends_when_workers_die_too_often) {
  compute = [](const Cut&) -> Rows { throw std::runtime_error("gone"); };
  spawn(1, 10, 3);
  caf::scoped_actor self{system_};
  self->monitor(batcher);
  feed(std::vector<uint32_t>(64, 5));
  bool down = false;
  self->receive([&down](const caf::down_msg& message) { down = message.reason != caf::exit_reason::user_shutdown; });
  EXPECT_TRUE(down);
  EXPECT_EQ(opened, 4u);
}

TEST_F(BatcherTest, an_expired_job_fails_at_the_cut_and_costs_no_device_time) {
  spawn(1, 1000);
  auto chunk = std::make_shared<SequenceChunk>(*sequences_of({5, 6}));
  chunk->sequences[0].deadline_ms = clock.unix_ms() - 1;
  caf::anon_send(batcher, SequencesReady{chunk});
  run();
  EXPECT_EQ(pooled_rows(), 1u);
  ASSERT_EQ(failures().size(), 1u);
  EXPECT_EQ(failures()[0].error.code, ErrorCode::timeout);
}

}  // namespace
}  // namespace weir
