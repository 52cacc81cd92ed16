#include <map>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/delivery/delivery.hpp"
#include "tests/fakes/fake_committer.hpp"
#include "tests/fakes/fake_source.hpp"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const TopicPartition p0{0, 0};
const TopicPartition p1{0, 1};

class RebalanceTest : public testing::Test {
 protected:
  RebalanceTest() {
    source.append(p0, "a");
    source.append(p0, "b");
    source.append(p1, "c");
    source.assign({p0, p1});
    step();
    for (const auto& chunk : chunks) {
      for (const Job& job : chunk->jobs) tickets[{job.ticket.at, job.ticket.offset.value}] = job.ticket;
    }
    EXPECT_EQ(tickets.size(), 3u);
  }
  Delivery::State step(int times = 1) {
    Delivery::State state = Delivery::State::running;
    for (int i = 0; i < times; ++i) {
      auto result = delivery.step(milliseconds(10));
      EXPECT_TRUE(result) << result.error().message;
      state = result.value_or(Delivery::State::finished);
    }
    return state;
  }
  void finish(TopicPartition at, int64_t offset) { delivery.finished({{tickets.at({at, offset}), {}, 1, {}}}); }
  static std::shared_ptr<const SourceInfo> make_info() {
    auto info = std::make_shared<SourceInfo>();
    info->topics = {"documents"};
    return info;
  }

  FakeSource source;
  FakeCommitter committer;
  Budget budget{1 << 20, 0};
  ManualClock clock;
  std::vector<JobChunkPtr> chunks;
  std::map<std::pair<TopicPartition, int64_t>, Ticket> tickets;
  Delivery delivery{
      DeliveryOptions{},
      DeliveryParts{make_info(), source, committer, budget, clock, [](JobChunk&, Job&) {},
                    [](const Job&) { return 100; }, [this](JobChunkPtr chunk) { chunks.push_back(std::move(chunk)); }}};
};

TEST_F(RebalanceTest, ARevokeDrainsItsPartitionsWhileOthersGoOn) {
  source.revoke({p0});
  source.append(p0, "not for us");
  step();
  source.append(p1, "goes on");
  chunks.clear();
  step(2);
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0]->jobs.at(0).ticket.at, p1);
  EXPECT_THAT(source.released, IsEmpty());
  finish(p0, 0);
  step();
  EXPECT_THAT(source.released, IsEmpty());
  finish(p0, 1);
  step();
  EXPECT_THAT(source.released, ElementsAre(p0));
  ASSERT_EQ(committer.revokes.size(), 1u);
  EXPECT_FALSE(committer.revokes[0].lost);
  EXPECT_EQ(committer.committed[p0], 2);
}

TEST_F(RebalanceTest, ADrainThatTakesTooLongLetsGo) {
  committer.cork();
  source.revoke({p0});
  step();
  finish(p0, 0);
  const int64_t held = budget.held();
  step();
  clock.advance(seconds(22));
  step();
  EXPECT_THAT(source.released, IsEmpty());
  clock.advance(seconds(1));
  step();
  EXPECT_THAT(source.released, ElementsAre(p0));
  EXPECT_EQ(committer.committed[p0], 1) << "what was finished is committed, what was not is read again";
  EXPECT_EQ(committer.revokes.at(0).limit, TimePoint{} + seconds(30));
  EXPECT_LT(budget.held(), held);
  finish(p0, 1);
  finish(p1, 0);
  step();
  EXPECT_EQ(delivery.status().in_flight, 1u);
  committer.uncork();
  step();
  EXPECT_EQ(budget.held(), 0);
}

TEST_F(RebalanceTest, LostPartitionsAreDroppedAtOnceAndTheirResultsAreLate) {
  committer.cork();
  finish(p0, 0);
  step();
  source.lose({p0});
  step();
  EXPECT_THAT(source.released, ElementsAre(p0));
  EXPECT_TRUE(committer.revokes.at(0).lost);
  committer.uncork();
  finish(p0, 1);
  finish(p1, 0);
  step(2);
  EXPECT_EQ(committer.committed.count(p0), 0u);
  EXPECT_EQ(committer.committed[p1], 1);
  EXPECT_EQ(budget.held(), 0);
  clock.advance(seconds(1));
  step();
  EXPECT_EQ(delivery.status().late, 1u);
}

TEST_F(RebalanceTest, AReturningPartitionStartsAnew) {
  source.lose({p0});
  step();
  source.assign({p0});
  chunks.clear();
  step(2);
  ASSERT_EQ(chunks.size(), 1u);
  const Ticket again = chunks[0]->jobs.at(0).ticket;
  EXPECT_EQ(again.offset, Offset{0});
  EXPECT_NE(again.epoch, tickets.at({p0, 0}).epoch);
  finish(p0, 0);
  finish(p0, 1);
  step();
  EXPECT_THAT(committer.appended[p0], IsEmpty());
  delivery.finished({{again, {}, 1, {}}});
  step();
  EXPECT_THAT(committer.appended[p0], ElementsAre(0));
}

TEST_F(RebalanceTest, ALossDuringARevokeEndsTheRevoke) {
  source.revoke({p0, p1});
  step();
  source.lose({p0});
  step();
  EXPECT_THAT(source.released, ElementsAre(p0));
  finish(p1, 0);
  step();
  EXPECT_THAT(source.released, ElementsAre(p0, p1));
}

TEST_F(RebalanceTest, StopDrainsCommitsAndCloses) {
  committer.cork();
  delivery.stop();
  EXPECT_EQ(step(3), Delivery::State::running);
  clock.advance(seconds(1));
  step();
  EXPECT_EQ(delivery.status().not_ready(), "the source is draining");
  source.append(p0, "not read any more");
  finish(p0, 0);
  finish(p0, 1);
  EXPECT_EQ(step(), Delivery::State::running);
  finish(p1, 0);
  EXPECT_EQ(step(), Delivery::State::finished);
  EXPECT_TRUE(source.closed);
  EXPECT_EQ(committer.committed[p0], 2);
  EXPECT_EQ(committer.committed[p1], 1);
  EXPECT_EQ(budget.held(), 0);
  EXPECT_EQ(step(), Delivery::State::finished);
}

TEST_F(RebalanceTest, TheDrainLimitEndsAnyway) {
  delivery.stop();
  finish(p0, 0);
  step();
  clock.advance(seconds(23));
  EXPECT_EQ(step(), Delivery::State::finished);
  EXPECT_TRUE(source.closed);
  EXPECT_EQ(committer.committed[p0], 1);
  EXPECT_EQ(committer.committed.count(p1), 0u);
  EXPECT_TRUE(committer.revokes.at(0).lost) << "an open transaction must not stay";
  EXPECT_EQ(budget.held(), 0);
}

TEST_F(RebalanceTest, ASecondStopWaitsForNothing) {
  committer.stuck = true;
  committer.cork();
  finish(p0, 0);
  delivery.stop();
  step(2);
  delivery.stop();
  EXPECT_EQ(step(), Delivery::State::finished);
  EXPECT_FALSE(committer.drained_until);
  EXPECT_EQ(committer.committed.count(p0), 0u);
  EXPECT_TRUE(source.closed);
}

TEST_F(RebalanceTest, ABrokerThatIsAwayDoesNotKeepAStopForEver) {
  committer.stuck = true;
  committer.cork();
  for (const auto& [key, ticket] : tickets) finish(key.first, key.second);
  delivery.stop();
  EXPECT_EQ(step(), Delivery::State::finished);
  EXPECT_EQ(committer.drained_until, TimePoint{} + seconds(30));
  EXPECT_EQ(committer.committed.size(), 0u);
}

}  // namespace
}  // namespace weir
