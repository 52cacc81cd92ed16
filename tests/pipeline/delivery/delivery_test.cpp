#include "pipeline/delivery/delivery.hpp"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/delivery/metrics.hpp"
#include "tests/fakes/fake_committer.hpp"
#include "tests/fakes/fake_source.hpp"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const TopicPartition p0{0, 0};
const TopicPartition p1{0, 1};

class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    options.chunk_jobs = 10;
    options.max_in_flight = 100;
    auto source_info = std::make_shared<SourceInfo>();
    source_info->stage = "documents";
    source_info->topics = {"documents"};
    info = source_info;
  }

  // Deliveries are made by the first use, so that a test may change the options before.
  Delivery& delivery() {
    if (!made) {
      made.emplace(options, DeliveryParts{info, source, committer, budget, clock,
                                          [this](JobChunk& chunk, Job& job) {
                                            if (job.value == "bad") {
                                              job.error = static_cast<int32_t>(chunk.errors.size());
                                              chunk.errors.push_back({ErrorCode::decode_error, "bad"});
                                            }
                                          },
                                          [this](const Job&) { return estimate; },
                                          [this](JobChunkPtr chunk) { chunks.push_back(std::move(chunk)); }, &metrics});
    }
    return *made;
  }
  Delivery::State step(int times = 1) {
    Delivery::State state = Delivery::State::running;
    for (int i = 0; i < times; ++i) {
      auto result = delivery().step(milliseconds(10));
      EXPECT_TRUE(result) << result.error().message;
      state = result.value_or(Delivery::State::finished);
    }
    return state;
  }
  void records(TopicPartition at, int count, const std::string& value = "text") {
    for (int i = 0; i < count; ++i) source.append(at, value);
  }
  std::vector<Ticket> emitted() const {
    std::vector<Ticket> tickets;
    for (const auto& chunk : chunks) {
      for (const Job& job : chunk->jobs) tickets.push_back(job.ticket);
    }
    return tickets;
  }
  void finish(const std::vector<Ticket>& tickets, std::optional<ErrorCode> failure = {}) {
    std::vector<Finished> batch;
    for (const Ticket& ticket : tickets) batch.push_back({ticket, {}, 1, failure});
    delivery().finished(std::move(batch));
  }
  void finish_all() {
    finish(emitted());
    chunks.clear();
  }

  DeliveryOptions options;
  std::shared_ptr<const SourceInfo> info;
  FakeSource source;
  FakeCommitter committer;
  Budget budget{1 << 20, 0};
  ManualClock clock;
  Metrics metrics;
  int64_t estimate = 100;
  std::vector<JobChunkPtr> chunks;
  std::optional<Delivery> made;
};

TEST_F(DeliveryTest, RecordsBecomeJobsAndTheirPrefixIsCommitted) {
  source.append(p0, FakeSource::Record{7, "k", "v", {{"h", "1"}, {"h", std::nullopt}}, 123});
  records(p0, 2);
  source.assign({p0});
  step(2);
  ASSERT_EQ(chunks.size(), 1u);
  const Job& job = chunks[0]->jobs.at(0);
  EXPECT_EQ(job.ticket.offset, Offset{7});
  EXPECT_EQ(job.key, "k");
  EXPECT_EQ(job.value, "v");
  ASSERT_EQ(job.headers.size(), 2u);
  EXPECT_EQ(job.headers[0].value, "1");
  EXPECT_FALSE(job.headers[1].value);
  EXPECT_EQ(job.timestamp_ms, 123);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(job.value->data()) % 8, 0u);
  EXPECT_EQ(chunks[0]->source, info);
  EXPECT_GT(budget.held(), 3 * estimate);

  const auto tickets = emitted();
  finish({tickets[2], tickets[1]});
  step();
  EXPECT_THAT(committer.appended[p0], IsEmpty());
  finish({tickets[0]});
  step();
  EXPECT_THAT(committer.appended[p0], ElementsAre(7, 8, 9));
  EXPECT_EQ(committer.committed[p0], 10);
  EXPECT_EQ(budget.held(), 0);
  EXPECT_EQ(metrics.total("weir_durable_records_total"), 3);
}

TEST_F(DeliveryTest, ReadsPartitionsInTurnWithinTheirRings) {
  options.max_in_flight = 15;
  records(p0, 1000);
  records(p1, 1000);
  source.assign({p0, p1});
  step(20);
  std::map<TopicPartition, int> count;
  for (const Ticket& ticket : emitted()) ++count[ticket.at];
  EXPECT_EQ(count[p0], 15);
  EXPECT_EQ(count[p1], 15);
  EXPECT_EQ(source.waits.back(), milliseconds(10)) << "no spinning while rings are full";
  for (const auto& chunk : chunks) EXPECT_LE(chunk->jobs.size(), 10u);
}

TEST_F(DeliveryTest, SmallPartitionsShareAChunk) {
  std::vector<TopicPartition> all;
  for (int32_t i = 0; i < 5; ++i) {
    all.push_back({0, i});
    records(all.back(), 2);
  }
  source.assign(all);
  step();
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0]->jobs.size(), 10u);
}

TEST_F(DeliveryTest, ChunksAreBoundedInBytesAndARecordIsNeverSplit) {
  options.chunk_bytes = 1000;
  records(p0, 6, std::string(400, 'x'));
  records(p1, 2, std::string(5000, 'x'));
  source.assign({p0, p1});
  step(10);
  EXPECT_EQ(emitted().size(), 8u);
  for (const auto& chunk : chunks) EXPECT_LE(chunk->jobs.size(), chunk->jobs[0].value->size() > 1000 ? 1u : 3u);
}

// A long backlog in one partition keeps no other from being read.
TEST_F(DeliveryTest, EveryRoundShowsEachPartition) {
  records(p0, 1000);
  records(p1, 1000);
  options.max_in_flight = 1000;
  source.assign({p0, p1});
  step(6);
  size_t from_p1 = 0;
  for (const Ticket& ticket : emitted()) from_p1 += ticket.at == p1;
  EXPECT_EQ(from_p1 * 2, emitted().size());
}

TEST_F(DeliveryTest, TheBudgetBoundsWhatIsReadAndIsHeldUntilDurable) {
  estimate = 100'000;
  records(p0, 1000);
  source.assign({p0});
  committer.cork();
  step(20);
  EXPECT_GT(budget.held(), budget.limit());
  EXPECT_LT(budget.held(), budget.limit() + 10 * 110'000) << "one chunk of overdraft";
  const size_t read = emitted().size();
  finish_all();
  step(20);
  EXPECT_EQ(emitted().size(), 0u) << "computed is not durable";
  EXPECT_EQ(source.waits.back(), milliseconds(10));
  committer.uncork();
  step(2);
  EXPECT_GT(emitted().size(), 0u);
  EXPECT_EQ(metrics.total("weir_durable_records_total"), static_cast<double>(read));
}

TEST_F(DeliveryTest, TokenCountsReplaceTheEstimate) {
  records(p0, 1);
  source.assign({p0});
  step();
  const int64_t before = budget.held();
  delivery().repriced({{emitted()[0], -60}});
  step();
  EXPECT_EQ(budget.held(), before - 60);
  finish_all();
  step();
  EXPECT_EQ(budget.held(), 0);
}

TEST_F(DeliveryTest, UndecodableRecordsGoAlongAsFailures) {
  records(p0, 1, "bad");
  records(p0, 1);
  source.assign({p0});
  step();
  EXPECT_EQ(chunks.at(0)->jobs.at(0).error, 0);
  EXPECT_EQ(chunks[0]->jobs.at(1).error, -1);
  const auto tickets = emitted();
  finish({tickets[0]}, ErrorCode::decode_error);
  finish({tickets[1]});
  step();
  EXPECT_EQ(committer.committed[p0], 2);
  EXPECT_EQ(metrics.total("weir_failures_total"), 1);
}

TEST_F(DeliveryTest, TombstonesAreForwardedOrSkipped) {
  options.skip_tombstones = true;
  source.append(p0, FakeSource::Record{0, "gone", std::nullopt, {}, -1});
  source.assign({p0});
  step(2);
  EXPECT_THAT(chunks, IsEmpty());
  EXPECT_EQ(committer.committed[p0], 1);
  EXPECT_EQ(budget.held(), 0);

  made.reset();
  options.skip_tombstones = false;
  source.assign({p1});
  source.append(p1, FakeSource::Record{0, "gone", std::nullopt, {}, -1});
  step();
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0]->jobs[0].input, JobInput::tombstone);
}

TEST_F(DeliveryTest, EveryBranchCounts) {
  options.branches = 2;
  records(p0, 1);
  source.assign({p0});
  step();
  finish(emitted());
  step();
  EXPECT_EQ(committer.committed.count(p0), 0u);
  finish(emitted());
  step();
  EXPECT_EQ(committer.committed[p0], 1);
  finish(emitted());
  auto result = delivery().step(milliseconds(0));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::internal);
}

TEST_F(DeliveryTest, IdlePartitionsCommitPastControlRecords) {
  records(p0, 2);
  source.mark(p0, 3);
  source.assign({p0});
  step(2);
  EXPECT_THAT(committer.advanced, IsEmpty());
  finish_all();
  step(2);
  EXPECT_THAT(committer.advanced, ElementsAre(std::pair(p0, 5)));
  records(p0, 1);
  step();
  finish_all();
  step(3);
  EXPECT_EQ(committer.committed[p0], 6);
  EXPECT_EQ(committer.advanced.size(), 1u) << "the commit says it already";
  EXPECT_EQ(delivery().status().partitions.at(0).lag(), 0);
}

TEST_F(DeliveryTest, EndsAtTheEndOfTheTopic) {
  options.until_end_of_topic = true;
  records(p0, 12);
  records(p1, 3);
  source.mark(p1, 1);
  step(3);
  source.assign({p0, p1});
  step(3);
  EXPECT_EQ(emitted().size(), 15u);
  records(p1, 5);
  step();
  EXPECT_EQ(emitted().size(), 15u) << "what came after the end is not read";
  finish_all();
  EXPECT_EQ(step(4), Delivery::State::finished);
  EXPECT_TRUE(source.closed);
  EXPECT_EQ(committer.committed[p0], 12);
  EXPECT_EQ(committer.committed[p1], 4);
  EXPECT_TRUE(delivery().status().finished);
}

TEST_F(DeliveryTest, EmptyPartitionsEndAtOnceAndCommitNothing) {
  options.until_end_of_topic = true;
  source.logs[p0];
  source.logs[p1];
  source.assign({p0, p1});
  EXPECT_EQ(step(4), Delivery::State::finished);
  EXPECT_TRUE(source.closed);
  EXPECT_TRUE(committer.committed.empty());
}

TEST_F(DeliveryTest, WaitsForAnAssignmentBetweenRevokeAndAssign) {
  options.until_end_of_topic = true;
  source.assign({p0});
  source.revoke({p0});
  EXPECT_EQ(step(5), Delivery::State::running);
  source.assign({});
  EXPECT_EQ(step(2), Delivery::State::finished) << "nothing is ours: the group's other members do it";
}

TEST_F(DeliveryTest, ErrorsOfThePortsAreFatal) {
  source.fail_events = Error{ErrorCode::fatal, "gone"};
  EXPECT_FALSE(delivery().step(milliseconds(0)));
  source.fail_events.reset();
  source.assign({p0});
  records(p0, 1);
  source.fail_poll = Error{ErrorCode::fatal, "gone"};
  EXPECT_FALSE(delivery().step(milliseconds(0)));
  source.fail_poll.reset();
  step();
  committer.fail_append = Error{ErrorCode::fatal, "gone"};
  finish_all();
  EXPECT_FALSE(delivery().step(milliseconds(0)));
  committer.fail_append.reset();
  committer.fail_durable = Error{ErrorCode::fatal, "gone"};
  EXPECT_FALSE(delivery().run());
}

TEST_F(DeliveryTest, TheBreakerStopsReadingAndProbesItsWayBack) {
  options.breaker_window = 10;
  records(p0, 40, "bad");
  records(p0, 400);
  source.assign({p0});
  step();
  const auto first = emitted();
  chunks.clear();
  finish(first, ErrorCode::model_unavailable);
  step();
  finish(emitted(), ErrorCode::model_unavailable);
  chunks.clear();
  step(5);
  EXPECT_THAT(chunks, IsEmpty());
  clock.advance(seconds(1));
  step();
  EXPECT_THAT(delivery().status().breaker, HasSubstr("10 of the last 10 jobs failed"));
  EXPECT_THAT(delivery().status().not_ready(), HasSubstr("failed"));
  EXPECT_TRUE(delivery().status().live());

  clock.advance(seconds(30));
  step(5);
  EXPECT_EQ(emitted().size(), Breaker::kProbe);
  finish(emitted(), ErrorCode::model_unavailable);
  chunks.clear();
  step(5);
  EXPECT_THAT(chunks, IsEmpty());
  clock.advance(seconds(31));
  step(5);
  EXPECT_THAT(chunks, IsEmpty()) << "the second pause is longer";
  clock.advance(seconds(31));
  step(5);
  EXPECT_EQ(emitted().size(), Breaker::kProbe);
  finish_all();
  step(5);
  EXPECT_GT(emitted().size(), Breaker::kProbe);
  clock.advance(seconds(1));
  step();
  EXPECT_EQ(delivery().status().breaker, "");
}

TEST_F(DeliveryTest, TheWatchdogTellsComputeFromCommit) {
  records(p0, 1);
  records(p1, 1);
  committer.cork();
  source.assign({p0, p1});
  step();
  finish({emitted().at(1)});
  step();
  const auto stalls = [&] {
    std::map<TopicPartition, Stall> out;
    for (const auto& partition : delivery().status().partitions) out[partition.at] = partition.stall;
    return out;
  };
  clock.advance(seconds(119));
  step();
  EXPECT_TRUE(delivery().status().live());
  clock.advance(seconds(2));
  step();
  const Ticket second = emitted().at(1);
  const TopicPartition other = second.at == p0 ? p1 : p0;
  EXPECT_EQ(stalls()[second.at], Stall::commit);
  EXPECT_EQ(stalls()[other], Stall::compute);
  EXPECT_FALSE(delivery().status().live());
  EXPECT_EQ(metrics.total("weir_stalled_partitions"), 2);
  finish({emitted().at(0)});
  committer.uncork();
  step(2);
  clock.advance(seconds(1));
  step();
  EXPECT_TRUE(delivery().status().live());
}

}  // namespace
}  // namespace weir
