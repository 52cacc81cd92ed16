#include "pipeline/delivery/out_records.hpp"

#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include <gtest/gtest.h>

#include "pipeline/delivery/intake.hpp"

namespace weir {
namespace {

using namespace std::string_literals;

const std::string kKey = "key\0with NUL"s;
const std::string kValue = "{broken \xff\0 json"s;

// A chunk with one job, its outcome, and what the sink makes of it.
class OutRecordsTest : public testing::Test {
 protected:
  OutRecordsTest() {
    auto source = std::make_shared<SourceInfo>(SourceInfo{SourceId{1}, "documents", "weir-embed", {"a", "documents"}});
    jobs->source = source;
    outcomes.jobs = jobs;
    auto facts = std::make_shared<ModelFacts>();
    facts->name = "minilm";
    outcomes.model = facts;
    options.topic = "embeddings";
    options.dead_letter_topic = "documents.dlq";
    options.pipeline = "embed";
    options.node = "host";
    options.instance = "host-1";
    options.clock = &clock;
    options.encode = [this](const OutcomeChunk&, const Outcome& outcome, Arena& arena) {
      ++encoded;
      OutRecord record;
      record.key = arena.copy("key");
      if (outcome.error)
        record.value = arena.copy("failed: " + outcome.error->message);
      else if (jobs->jobs[outcome.job].input != JobInput::tombstone)
        record.value = arena.copy("vector");
      return record;
    };
  }

  Job& add_job(std::optional<std::string_view> value = kValue) {
    const std::array headers{Header{"trace", "1"}, Header{"trace", std::nullopt}, Header{"empty", ""}};
    RawRecord record{{1, 7}, Offset{42}, kKey, value, headers, 1234};
    Job& job = take_in(*jobs, record, Ticket{SourceId{1}, {1, 7}, Offset{42}, 3});
    outcomes.outcomes.emplace_back().job = static_cast<uint32_t>(jobs->jobs.size() - 1);
    return job;
  }
  void fail_with(ErrorCode code, std::string message) {
    outcomes.outcomes.back().error = Error{code, std::move(message)};
    outcomes.outcomes.back().stage = "tokens";
  }
  std::vector<OutRecord> make() {
    finished = sink.emplace(options).make(outcomes);
    std::vector<OutRecord> out;
    for (const Finished& job : finished) {
      for (const OutRecord& record : job.records.records()) out.push_back(record);
    }
    return out;
  }
  static std::map<std::string, std::string> said(const OutRecord& record) {
    std::map<std::string, std::string> out;
    for (const Header& header : record.headers) {
      if (header.name.substr(0, 9) == "weir.dlq.") out.emplace(header.name, header.value.value());
    }
    return out;
  }

  ManualClock clock;
  OutRecordOptions options;
  std::shared_ptr<JobChunk> jobs = std::make_shared<JobChunk>();
  OutcomeChunk outcomes;
  std::optional<OutRecords> sink;  // records name its topics
  std::vector<Finished> finished;
  int encoded = 0;
};

TEST_F(OutRecordsTest, AResultIsOneRecordInTheTopic) {
  add_job();
  const auto records = make();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].topic, "embeddings");
  EXPECT_EQ(records[0].value, "vector");
  ASSERT_EQ(finished.size(), 1u);
  EXPECT_EQ(finished[0].ticket, jobs->jobs[0].ticket);
  EXPECT_EQ(finished[0].branches, 1);
  EXPECT_EQ(finished[0].failure, std::nullopt);
}

TEST_F(OutRecordsTest, EachOutcomeHasAFinishedOfItsOwn) {
  for (int i = 0; i < 3; ++i) add_job();
  outcomes.outcomes[1].error = Error{ErrorCode::too_long, "too long"};
  EXPECT_EQ(make().size(), 3u);
  ASSERT_EQ(finished.size(), 3u);
  EXPECT_EQ(finished[0].records.records()[0].topic, "embeddings");
  EXPECT_EQ(finished[1].records.records()[0].topic, "documents.dlq");
  EXPECT_EQ(finished[1].failure, ErrorCode::too_long);
  EXPECT_EQ(finished[2].failure, std::nullopt);
}

TEST_F(OutRecordsTest, TheAskerGetsTheSameWithItsCorrelationId) {
  Job& job = add_job();
  job.reply_topic = "answers";
  job.correlation_id = "17";
  const auto records = make();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].topic, "embeddings");
  EXPECT_TRUE(records[0].headers.empty());
  EXPECT_EQ(records[1].topic, "answers");
  EXPECT_EQ(records[1].value, "vector");
  ASSERT_EQ(records[1].headers.size(), 1u);
  EXPECT_EQ(records[1].headers[0].name, "kafka_correlationId");
  EXPECT_EQ(records[1].headers[0].value, "17");
  EXPECT_EQ(encoded, 1);
}

TEST_F(OutRecordsTest, ATombstoneStaysOne) {
  add_job(std::nullopt);
  const auto records = make();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].topic, "embeddings");
  EXPECT_EQ(records[0].value, std::nullopt);
}

TEST_F(OutRecordsTest, ADeadLetterIsTheRecordAndSaysWhatHappened) {
  add_job();
  fail_with(ErrorCode::decode_error, "offset 8: not JSON");
  outcomes.outcomes.back().attempts = 3;
  const auto records = make();
  ASSERT_EQ(records.size(), 1u);
  const OutRecord& letter = records[0];
  EXPECT_EQ(letter.topic, "documents.dlq");
  EXPECT_EQ(letter.key, kKey);
  EXPECT_EQ(letter.value, kValue);
  EXPECT_EQ(letter.timestamp_ms, 1234);
  ASSERT_GE(letter.headers.size(), 3u);
  EXPECT_EQ(letter.headers[0].name, "trace");
  EXPECT_EQ(letter.headers[0].value, "1");
  EXPECT_EQ(letter.headers[1].name, "trace");
  EXPECT_EQ(letter.headers[1].value, std::nullopt);
  EXPECT_EQ(letter.headers[2].name, "empty");
  EXPECT_EQ(letter.headers[2].value, "");

  auto facts = said(letter);
  EXPECT_EQ(facts["weir.dlq.fingerprint"].size(), 16u);
  facts.erase("weir.dlq.fingerprint");
  EXPECT_EQ(facts, (std::map<std::string, std::string>{
                       {"weir.dlq.version", "1"},
                       {"weir.dlq.reason", "decode_error"},
                       {"weir.dlq.message", "offset 8: not JSON"},
                       {"weir.dlq.node", "host"},
                       {"weir.dlq.stage", "tokens"},
                       {"weir.dlq.attempts", "3"},
                       {"weir.dlq.pipeline", "embed"},
                       {"weir.dlq.instance", "host-1"},
                       {"weir.dlq.model", "minilm"},
                       {"weir.dlq.group", "weir-embed"},
                       {"weir.dlq.first_failure_ms", std::to_string(clock.unix_ms())},
                       {"weir.dlq.origin.topic", "documents"},
                       {"weir.dlq.origin.partition", "7"},
                       {"weir.dlq.origin.offset", "42"},
                       {"weir.dlq.origin.timestamp", "1234"},
                   }));
  EXPECT_EQ(finished[0].failure, ErrorCode::decode_error);
}

TEST_F(OutRecordsTest, EveryHeaderOfADeadLetterIsDocumented) {
  std::ostringstream page;
  page << std::ifstream(WEIR_SOURCE_DIR "/docs/messages.md").rdbuf();
  add_job();
  fail_with(ErrorCode::decode_error, "no");
  for (const auto& [name, value] : said(make()[0]))
    EXPECT_NE(page.str().find("`" + name.substr(9) + "`"), std::string::npos) << name << " is not in docs/messages.md";
}

TEST_F(OutRecordsTest, AnEmptyValueIsNoTombstoneAndNoKeyIsNoEmptyKey) {
  RawRecord record{{1, 7}, Offset{1}, std::nullopt, "", {}, -1};
  take_in(*jobs, record, Ticket{SourceId{1}, {1, 7}, Offset{1}, 1});
  outcomes.outcomes.emplace_back();
  fail_with(ErrorCode::decode_error, "empty");
  const auto records = make();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].key, std::nullopt);
  EXPECT_EQ(records[0].value, "");
}

TEST_F(OutRecordsTest, ADeadLetterOutlivesItsJob) {
  add_job();
  fail_with(ErrorCode::decode_error, "x");
  const auto records = make();
  outcomes.jobs.reset();
  jobs.reset();  // the address sanitizer looks at what is read below
  EXPECT_EQ(records[0].key, kKey);
  EXPECT_EQ(records[0].value, kValue);
  EXPECT_EQ(records[0].headers[0].value, "1");
}

TEST_F(OutRecordsTest, FailuresOfOneKindHaveOneFingerprint) {
  for (int i = 0; i < 3; ++i) add_job();
  for (int i = 0; i < 3; ++i) outcomes.outcomes[i].stage = "tokens";
  outcomes.outcomes[0].error = Error{ErrorCode::too_long, "512 tokens, 256 allowed"};
  outcomes.outcomes[1].error = Error{ErrorCode::too_long, "777 tokens, 256 allowed"};
  outcomes.outcomes[2].error = Error{ErrorCode::decode_error, "512 tokens, 256 allowed"};
  const auto records = make();
  EXPECT_EQ(said(records[0])["weir.dlq.fingerprint"], said(records[1])["weir.dlq.fingerprint"]);
  EXPECT_NE(said(records[0])["weir.dlq.fingerprint"], said(records[2])["weir.dlq.fingerprint"]);
}

TEST_F(OutRecordsTest, WithoutADeadLetterTopicAFailureIsAnOutcome) {
  options.dead_letter_topic.clear();
  add_job();
  fail_with(ErrorCode::too_long, "no");
  const auto records = make();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].topic, "embeddings");
  EXPECT_EQ(records[0].value, "failed: no");
  EXPECT_EQ(finished[0].failure, ErrorCode::too_long);
}

TEST_F(OutRecordsTest, TheAskerHearsOfAFailureToo) {
  add_job().reply_topic = "answers";
  fail_with(ErrorCode::too_long, "no");
  const auto records = make();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].topic, "documents.dlq");
  EXPECT_EQ(records[1].topic, "answers");
  EXPECT_EQ(records[1].value, "failed: no");
}

TEST_F(OutRecordsTest, WhatAnotherBranchWritesIsOnlyClosed) {
  outcomes.dead_letter = DeadLetter::skip;
  add_job().reply_topic = "answers";
  fail_with(ErrorCode::too_long, "no");
  EXPECT_TRUE(make().empty());
  ASSERT_EQ(finished.size(), 1u);
  EXPECT_EQ(finished[0].failure, ErrorCode::too_long);
  EXPECT_EQ(finished[0].branches, 1);
}

TEST_F(OutRecordsTest, AResultThatTheTopicDoesNotTakeFails) {
  int64_t limit = 0;
  options.max_record_bytes = [&] { return limit; };
  add_job();
  OutRecord same;
  same.key = "key";
  same.value = "vector";
  limit = size_of(same);
  EXPECT_EQ(make()[0].topic, "embeddings");
  limit = size_of(same) - 1;
  const auto records = make();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].topic, "documents.dlq");
  EXPECT_EQ(said(records[0])["weir.dlq.reason"], "output_too_large");
  EXPECT_NE(said(records[0])["weir.dlq.message"].find("embeddings"), std::string::npos);
  EXPECT_EQ(finished[0].failure, ErrorCode::output_too_large);
}

// Seen in the simulation: a chunk says `skip` because of the failures that came with it, not of those found here.
TEST_F(OutRecordsTest, AResultTooLargeForThisBranchAloneIsWrittenByIt) {
  outcomes.dead_letter = DeadLetter::skip;
  options.max_record_bytes = [] { return 1; };
  add_job();
  const auto records = make();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(said(records[0])["weir.dlq.reason"], "output_too_large");
}

TEST_F(OutRecordsTest, LongMessagesAreCutBetweenCharacters) {
  const std::string euro = "\xe2\x82\xac";
  for (size_t before = 1020; before <= 1024; ++before) {
    outcomes.outcomes.clear();
    add_job();
    outcomes.outcomes.back().job = 0;
    fail_with(ErrorCode::decode_error, std::string(before, 'x') + euro + euro);
    const std::string message = said(make()[0])["weir.dlq.message"];
    const size_t whole = (1024 - before) / 3;
    EXPECT_EQ(message, std::string(before, 'x') + (whole ? euro : "")) << before;
  }
}

}  // namespace
}  // namespace weir
