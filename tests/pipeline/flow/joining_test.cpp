#include "pipeline/flow/joining.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace weir {
namespace {

struct Made {
  std::shared_ptr<JobChunk> jobs = std::make_shared<JobChunk>();
  std::shared_ptr<SequenceChunk> sequences = std::make_shared<SequenceChunk>();
};

// A chunk of jobs and its sequences: each job has as many sequences as `parts` says, sequence i has i + 1 tokens.
Made make(const std::vector<uint32_t>& parts, bool by_cosine = false) {
  Made made;
  for (uint32_t count : parts) {
    Job& job = made.jobs->jobs.emplace_back();
    if (count > 1) {
      job.input = JobInput::pair;
      job.documents = made.jobs->arena.array<std::string_view>(by_cosine ? count - 1 : count);
    }
    for (uint32_t part = 0; part < count; ++part) {
      Sequence sequence;
      sequence.job = static_cast<uint32_t>(made.jobs->jobs.size() - 1);
      sequence.part = part;
      sequence.parts = count;
      sequence.count = static_cast<uint32_t>(made.sequences->sequences.size() + 1);
      made.sequences->sequences.push_back(sequence);
      made.sequences->pooling.emplace_back();
      if (count > 1 && !by_cosine) made.sequences->pooling.back().task = Task::score;
    }
  }
  made.sequences->jobs = made.jobs;
  return made;
}

Cut cut_of(const Made& made, const std::vector<uint32_t>& rows) {
  Cut cut;
  for (uint32_t row : rows) cut.rows.emplace_back(made.sequences, row);
  return cut;
}

struct Answer {
  std::vector<float> values;
  std::vector<PooledSequence> sequences;
  PooledCut view() const { return {values, sequences}; }
};

// One row of `dim` values for each row of the cut: sequence index + column / 10.
Answer answer(const Cut& cut, uint32_t dim) {
  Answer made;
  for (const auto& [chunk, row] : cut.rows) {
    made.sequences.push_back({static_cast<uint32_t>(made.values.size()), 1, dim, true});
    for (uint32_t column = 0; column < dim; ++column) {
      made.values.push_back(static_cast<float>(row) + static_cast<float>(column) / 10);
    }
  }
  return made;
}

class JoiningTest : public testing::Test {
 protected:
  Joining joining{std::make_shared<ModelFacts>(), 0, "vectors"};
  std::vector<OutcomeChunkPtr> out;

  void add(const Cut& cut, uint32_t dim) {
    auto done = joining.add(cut, answer(cut, dim).view(), out);
    ASSERT_TRUE(done) << done.error().message;
  }
  static std::vector<float> values(const OutcomeChunk& chunk, const Outcome& outcome) {
    auto at = chunk.values.begin() + outcome.first;
    return {at, at + static_cast<ptrdiff_t>(outcome.rows) * outcome.dim};
  }
};

TEST_F(JoiningTest, OneOutcomePerJobInOneChunkPerChunkOfJobs) {
  const Made a = make({1, 1}), b = make({1});
  Cut cut = cut_of(a, {1, 0});
  cut.rows.emplace_back(b.sequences, 0);
  add(cut, 2);
  ASSERT_EQ(out.size(), 2u);
  ASSERT_EQ(out[0]->outcomes.size(), 2u);
  EXPECT_EQ(out[0]->jobs, a.jobs);
  EXPECT_EQ(out[0]->outcomes[0].job, 1u);
  EXPECT_EQ(values(*out[0], out[0]->outcomes[0]), (std::vector<float>{1, 1.1f}));
  EXPECT_EQ(values(*out[0], out[0]->outcomes[1]), (std::vector<float>{0, 0.1f}));
  EXPECT_TRUE(out[0]->outcomes[0].normalized);
  EXPECT_EQ(out[0]->outcomes[0].prompt_tokens, 2u);
  EXPECT_EQ(out[1]->jobs, b.jobs);
}

TEST_F(JoiningTest, ScoresOfAPairJobAreJoinedByPartAcrossCuts) {
  const Made made = make({1, 3});
  add(cut_of(made, {3, 0}), 1);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(joining.waiting(), 1u);
  add(cut_of(made, {1}), 1);
  EXPECT_EQ(out.size(), 1u);
  add(cut_of(made, {2}), 1);
  ASSERT_EQ(out.size(), 2u);
  const Outcome& outcome = out[1]->outcomes.at(0);
  EXPECT_EQ(outcome.task, Task::score);
  EXPECT_EQ(outcome.rows, 3u);
  EXPECT_EQ(outcome.dim, 1u);
  EXPECT_EQ(values(*out[1], outcome), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(outcome.prompt_tokens, 2u + 3 + 4);
  EXPECT_EQ(joining.waiting(), 0u);
}

TEST_F(JoiningTest, AnEmbedderScoresAPairByCosine) {
  const Made made = make({6}, true);
  const Cut cut = cut_of(made, {0, 1, 2, 3, 4, 5});
  Answer given;
  given.values = {3, 4, 6, 8, 4, -3, -3, -4, 0, 0, 4, 3};
  for (uint32_t i = 0; i < 6; ++i) given.sequences.push_back({2 * i, 1, 2, false});
  ASSERT_TRUE(joining.add(cut, given.view(), out));
  const Outcome& outcome = out.at(0)->outcomes.at(0);
  EXPECT_EQ(outcome.task, Task::score);
  EXPECT_EQ(outcome.rows, 5u);
  EXPECT_EQ(values(*out[0], outcome), (std::vector<float>{1, 0, -1, 0, 0.96f}));
}

TEST_F(JoiningTest, NaNFailsItsRowOnly) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), INFINITY, -INFINITY}) {
    out.clear();
    const Made made = make({1, 1, 1});
    Cut cut = cut_of(made, {0, 1, 2});
    cut.attempt = 1;
    Answer given = answer(cut, 4);
    given.values[6] = bad;
    ASSERT_TRUE(joining.add(cut, given.view(), out));
    ASSERT_EQ(out[0]->outcomes.size(), 3u);
    EXPECT_FALSE(out[0]->outcomes[0].error);
    ASSERT_TRUE(out[0]->outcomes[1].error);
    EXPECT_EQ(out[0]->outcomes[1].error->code, ErrorCode::numeric_nan);
    EXPECT_EQ(out[0]->outcomes[1].stage, "vectors");
    EXPECT_EQ(out[0]->outcomes[1].attempts, 2u);
    EXPECT_FALSE(out[0]->outcomes[2].error);
  }
}

TEST_F(JoiningTest, OneFailedPartFailsTheJobOnce) {
  const Made made = make({4});
  add(cut_of(made, {2}), 1);
  const std::vector<SequenceFailure> failures = {{made.sequences, 0, {ErrorCode::timeout, "late"}, 5},
                                                 {made.sequences, 3, {ErrorCode::timeout, "late too"}}};
  ASSERT_TRUE(joining.fail(failures, out));
  ASSERT_EQ(out.size(), 1u);
  ASSERT_EQ(out[0]->outcomes.size(), 1u);
  EXPECT_EQ(out[0]->outcomes[0].error->message, "late");
  EXPECT_EQ(out[0]->outcomes[0].attempts, 5u);
  EXPECT_EQ(joining.waiting(), 1u);
  add(cut_of(made, {1}), 1);
  EXPECT_EQ(out.size(), 1u);
  EXPECT_EQ(joining.waiting(), 0u);
}

TEST_F(JoiningTest, CountsThatDoNotMatchAreErrors) {
  const Made made = make({1, 1, 2});
  const Cut cut = cut_of(made, {0, 1});
  Answer short_answer = answer(cut, 2);
  short_answer.sequences.pop_back();
  EXPECT_FALSE(joining.add(cut, short_answer.view(), out));
  Answer cut_off = answer(cut, 2);
  cut_off.values.pop_back();
  EXPECT_FALSE(joining.add(cut, cut_off.view(), out));
  add(cut_of(made, {2}), 1);
  EXPECT_FALSE(joining.add(cut_of(made, {2}), answer(cut_of(made, {2}), 1).view(), out));
}

}  // namespace
}  // namespace weir
