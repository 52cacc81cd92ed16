#include "pipeline/delivery/inbox.hpp"

#include <atomic>
#include <map>
#include <thread>

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Inbox, WakesOncePerRound) {
  Inbox inbox;
  EXPECT_FALSE(inbox.post(std::vector<Finished>{}));
  EXPECT_TRUE(inbox.post(std::vector<Finished>(3)));
  EXPECT_FALSE(inbox.post(std::vector<Repriced>(2)));
  const auto batches = inbox.take();
  EXPECT_EQ(batches.finished.size(), 1u);
  EXPECT_EQ(batches.repriced.size(), 1u);
  EXPECT_TRUE(inbox.take().empty());
  EXPECT_TRUE(inbox.post(std::vector<Repriced>(2)));
}

// Four posters and one taker; every batch arrives once, each poster's in its order. Built with TSan in CI.
TEST(Inbox, ManyThreadsPostInOrder) {
  constexpr int kPosters = 4, kBatches = 2000;
  Inbox inbox;
  std::atomic<uint64_t> wakes{0};
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < kBatches; ++i) {
        Finished finished;
        finished.ticket.at.partition = poster;
        finished.ticket.offset = Offset{i};
        if (inbox.post(std::vector<Finished>{finished, finished})) wakes.fetch_add(1);
      }
    });
  }
  std::map<int, int64_t> next;
  uint64_t got = 0, rounds = 0;
  while (got < kPosters * kBatches) {
    const auto batches = inbox.take();
    rounds += !batches.empty();
    got += batches.finished.size();
    for (const auto& batch : batches.finished) {
      ASSERT_EQ(batch.size(), 2u);
      ASSERT_EQ(batch[0].ticket.offset.value, next[batch[0].ticket.at.partition]++);
    }
  }
  for (auto& poster : posters) poster.join();
  EXPECT_EQ(wakes.load(), rounds);
}

}  // namespace
}  // namespace weir
