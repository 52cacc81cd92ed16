#include "pipeline/flow/batching.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

SequenceChunkPtr chunk_of(const std::vector<uint32_t>& lengths, Lane lane = Lane::bulk, int64_t deadline_ms = 0) {
  auto jobs = std::make_shared<JobChunk>();
  auto chunk = std::make_shared<SequenceChunk>();
  for (uint32_t length : lengths) {
    Sequence sequence;
    sequence.job = static_cast<uint32_t>(jobs->jobs.size());
    sequence.begin = static_cast<uint32_t>(chunk->ids.size());
    sequence.count = length;
    sequence.lane = lane;
    sequence.deadline_ms = deadline_ms;
    chunk->sequences.push_back(sequence);
    chunk->pooling.emplace_back();
    chunk->ids.resize(chunk->ids.size() + length);
    jobs->jobs.emplace_back();
  }
  chunk->jobs = jobs;
  return chunk;
}

std::vector<uint32_t> lengths_of(const Cut& cut) {
  std::vector<uint32_t> lengths;
  for (const auto& [chunk, row] : cut.rows) lengths.push_back(chunk->sequences[row].count);
  return lengths;
}

using Lengths = std::vector<uint32_t>;

class BatchingTest : public testing::Test {
 protected:
  Batching batching{0.5, 2};
  std::vector<SequenceFailure> failures;

  Cut cut(uint32_t tokens, uint32_t max_sequences = 0, int64_t now = 0) {
    return batching.cut({now, tokens, max_sequences}, failures);
  }
};

TEST_F(BatchingTest, CutsInOrderUpToTheBudget) {
  batching.add(chunk_of({10, 20, 30}));
  batching.add(chunk_of({40, 50}));
  const Cut first = cut(70);
  EXPECT_EQ(lengths_of(first), (Lengths{10, 20, 30}));
  EXPECT_EQ(first.tokens, 60u);
  EXPECT_EQ(batching.backlog().tokens, 90u);
  EXPECT_EQ(lengths_of(cut(1000)), (Lengths{40, 50}));
  EXPECT_TRUE(cut(1000).rows.empty());
  EXPECT_TRUE(batching.empty());
  EXPECT_EQ(batching.backlog().sequences, 0u);
}

TEST_F(BatchingTest, OneSequenceOverTheBudgetGoesAlone) {
  batching.add(chunk_of({500, 10}));
  EXPECT_EQ(lengths_of(cut(100)), Lengths{500});
  EXPECT_EQ(lengths_of(cut(100)), Lengths{10});
}

TEST_F(BatchingTest, HonoursTheSequenceLimit) {
  batching.add(chunk_of({1, 1, 1, 1, 1}));
  EXPECT_EQ(cut(100, 2).rows.size(), 2u);
  EXPECT_EQ(cut(100, 2).rows.size(), 2u);
  EXPECT_EQ(cut(100, 2).rows.size(), 1u);
}

TEST_F(BatchingTest, RealtimeHasItsShareFirstAndBulkTheRest) {
  batching.add(chunk_of(Lengths(100, 10), Lane::bulk));
  batching.add(chunk_of(Lengths(100, 11), Lane::realtime));
  const Cut both = cut(220);
  Lengths expected(10, 11);
  expected.insert(expected.end(), 11, 10);
  EXPECT_EQ(lengths_of(both), expected);
  EXPECT_EQ(both.lane, Lane::realtime);
  const Cut few = cut(10000, 8);
  EXPECT_EQ(lengths_of(few), (Lengths{11, 11, 11, 11, 10, 10, 10, 10}));
}

TEST_F(BatchingTest, WhatOneLaneLeavesTheOtherTakes) {
  batching.add(chunk_of({10}, Lane::bulk));
  batching.add(chunk_of(Lengths(50, 10), Lane::realtime));
  EXPECT_EQ(cut(200).tokens, 200u);
  batching.add(chunk_of(Lengths(50, 10), Lane::bulk));
  while (batching.backlog(Lane::realtime).tokens > 10) cut(100);
  EXPECT_EQ(cut(200).tokens, 200u);
}

TEST_F(BatchingTest, ALongBulkSequenceIsNotStarvedByRealtime) {
  batching.add(chunk_of({100}, Lane::bulk));
  batching.add(chunk_of(Lengths(1000, 10), Lane::realtime));
  uint32_t cuts = 0;
  while (batching.backlog(Lane::bulk).sequences > 0) {
    cut(100);
    ASSERT_LE(++cuts, Batching::kPatience + 1);
  }
  EXPECT_EQ(cuts, Batching::kPatience + 1);
}

TEST_F(BatchingTest, LanesMixWithinAChunk) {
  auto chunk = std::make_shared<SequenceChunk>(*chunk_of({1, 2, 3, 4}));
  chunk->sequences[1].lane = Lane::realtime;
  chunk->sequences[3].lane = Lane::realtime;
  batching.add(chunk);
  EXPECT_EQ(lengths_of(cut(100)), (Lengths{2, 4, 1, 3}));
  EXPECT_TRUE(batching.empty());
}

TEST_F(BatchingTest, ExpiredSequencesFailAtTheCutAndCostNothing) {
  batching.add(chunk_of({10}, Lane::bulk, 1000));
  batching.add(chunk_of({10}));
  batching.add(chunk_of({10}, Lane::bulk, 2000));
  EXPECT_EQ(cut(100, 0, 1000).rows.size(), 2u);
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].error.code, ErrorCode::timeout);
  EXPECT_EQ(batching.backlog().tokens, 0u);
}

TEST_F(BatchingTest, ARequeuedCutComesFirstAndAlone) {
  batching.add(chunk_of({10, 20}));
  Cut lost = cut(100);
  batching.add(chunk_of({30}));
  batching.requeue(std::move(lost));
  EXPECT_EQ(batching.backlog().tokens, 60u);
  const Cut again = cut(100);
  EXPECT_EQ(lengths_of(again), (Lengths{10, 20}));
  EXPECT_EQ(again.attempt, 0u);
  EXPECT_EQ(lengths_of(cut(100)), Lengths{30});
}

TEST_F(BatchingTest, ExpiredSequencesOfARequeuedCutFail) {
  batching.add(chunk_of({10}, Lane::bulk, 5000));
  Cut lost = cut(100);
  batching.requeue(std::move(lost));
  EXPECT_TRUE(cut(100, 0, 6000).rows.empty());
  EXPECT_EQ(failures.size(), 1u);
  EXPECT_TRUE(batching.empty());
  EXPECT_EQ(batching.backlog().sequences, 0u);
}

TEST_F(BatchingTest, AFailedCutIsTriedOnAnotherWorkerFirst) {
  batching.add(chunk_of({10, 20}));
  Cut first = batching.cut({0, 100, 0, 7, false}, failures);
  batching.failed(std::move(first), {ErrorCode::device_fault, "x"}, failures);
  batching.add(chunk_of({30}));
  EXPECT_EQ(lengths_of(batching.cut({0, 100, 0, 7, false}, failures)), Lengths{30});
  const Cut again = batching.cut({0, 100, 0, 8, false}, failures);
  EXPECT_EQ(lengths_of(again), (Lengths{10, 20}));
  EXPECT_EQ(again.attempt, 1u);
}

TEST_F(BatchingTest, BisectionFindsThePoisonAndItsNeighboursFinish) {
  Lengths lengths(64);
  std::iota(lengths.begin(), lengths.end(), 1);
  batching.add(chunk_of(lengths));
  uint32_t runs = 0, computed = 0;
  while (!batching.empty()) {
    Cut next = cut(100000);
    ++runs;
    const auto rows = lengths_of(next);
    if (std::find(rows.begin(), rows.end(), 23u) != rows.end()) {
      batching.failed(std::move(next), {ErrorCode::device_fault, "illegal address"}, failures);
    } else {
      computed += static_cast<uint32_t>(rows.size());
    }
  }
  EXPECT_EQ(computed, 63u);
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].sequence, 22u);
  EXPECT_EQ(failures[0].error.code, ErrorCode::retries_exhausted);
  EXPECT_NE(failures[0].error.message.find("illegal address"), std::string::npos);
  EXPECT_NE(failures[0].error.message.find(fmt::format("failed {} times", failures[0].attempts)), std::string::npos);
  EXPECT_LE(runs, 2u + 2 * 8);
  EXPECT_EQ(batching.backlog().tokens, 0u);
}

TEST(Split, HalvesByTokensAndKeepsOrder) {
  Batching batching(0.5);
  std::vector<SequenceFailure> failures;
  batching.add(chunk_of({50, 10, 10, 10, 20}));
  auto [first, second] = split(batching.cut({0, 1000}, failures));
  EXPECT_EQ(lengths_of(first), Lengths{50});
  EXPECT_EQ(lengths_of(second), (Lengths{10, 10, 10, 20}));
  EXPECT_EQ(first.tokens, 50u);
  EXPECT_EQ(second.tokens, 50u);
}

}  // namespace
}  // namespace weir
