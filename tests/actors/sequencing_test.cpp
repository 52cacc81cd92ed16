#include "actors/sequencing.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/golden/golden.hpp"

namespace weir {
namespace {

// One token a byte between [1 ... 2], truncated as asked.
class ByteTokenizer final : public Tokenizer {
 public:
  ByteTokenizer() { special_.sep = 2; }
  Result<void> encode(std::string_view text, std::optional<std::string_view> pair, const EncodeOptions& options,
                      Scratch&, TokenBuffer& out, std::vector<Piece>& pieces) const override {
    std::vector<int32_t> ids;
    for (char c : text) ids.push_back(static_cast<unsigned char>(c));
    if (pair) {
      ids.push_back(2);
      for (char c : *pair) ids.push_back(static_cast<unsigned char>(c));
    }
    const size_t room = options.max_tokens - 2;
    const auto dropped = static_cast<uint32_t>(ids.size() > room ? ids.size() - room : 0);
    if (dropped > 0 && options.side == Side::left) ids.erase(ids.begin(), ids.begin() + dropped);
    ids.resize(std::min(ids.size(), room));
    Piece piece{static_cast<uint32_t>(out.ids.size()), static_cast<uint32_t>(ids.size() + 2), dropped, false};
    out.ids.push_back(1);
    out.ids.insert(out.ids.end(), ids.begin(), ids.end());
    out.ids.push_back(2);
    pieces.push_back(piece);
    return {};
  }
  Result<std::string> decode(std::span<const int32_t>, bool) const override { return std::string(); }
  uint32_t vocab_size() const override { return 256; }
  std::optional<std::string_view> id_to_token(int32_t) const override { return std::nullopt; }
  std::optional<int32_t> token_to_id(std::string_view) const override { return std::nullopt; }
  const SpecialIds& special_ids() const override { return special_; }
  uint32_t added_tokens(bool) const override { return 2; }
  std::optional<uint32_t> model_max_length() const override { return std::nullopt; }
  std::vector<TokenizerPart> describe() const override { return {}; }

 private:
  SpecialIds special_;
};

struct SequencingTest : testing::Test {
  SequencingOptions options;
  ModelFacts facts;
  std::shared_ptr<JobChunk> jobs = std::make_shared<JobChunk>();
  SequenceChunk out;
  std::vector<Sequencer::Failure> failures;

  SequencingTest() {
    facts.max_tokens.value = 10;
    facts.vocab_size = 256;
    facts.prompts = {{"query", "q:"}};
    options.names = {"minilm", "mini"};
    facts.name = "minilm";
    facts.tasks = {Task::embed, Task::score};
    facts.is_matryoshka = true;
    facts.matryoshka = {3};
    for (Task task : facts.tasks) {
      auto& pooler = facts.poolers[task];
      pooler.use_activation.value = true;
      pooler.activation.value = OutputActivation::l2_normalize;
      pooler.width = 16;
    }
  }

  Job& add(std::string_view text) {
    auto& job = jobs->jobs.emplace_back();
    job.text = jobs->arena.copy(text);
    return job;
  }
  Job& add_pair(std::string_view query, std::vector<std::string_view> documents) {
    auto& job = jobs->jobs.emplace_back();
    job.input = JobInput::pair;
    job.query = jobs->arena.copy(query);
    auto copies = jobs->arena.array<std::string_view>(documents.size());
    std::transform(documents.begin(), documents.end(), copies.begin(), [this](auto d) { return jobs->arena.copy(d); });
    job.documents = copies;
    return job;
  }
  void run() {
    options.heads = {std::make_shared<const ModelFacts>(facts)};
    Sequencer(std::make_shared<const ByteTokenizer>(), std::make_shared<const SequencingOptions>(options))
        .run(jobs, out, failures);
  }
  std::string text_of(const Sequence& sequence) const {
    return std::string(out.ids.begin() + sequence.begin + 1, out.ids.begin() + sequence.begin + sequence.count - 1);
  }
};

TEST_F(SequencingTest, a_job_becomes_a_sequence_with_its_pooling) {
  add("abc").dimensions = 3;
  run();
  ASSERT_EQ(out.sequences.size(), 1u);
  EXPECT_EQ(text_of(out.sequences[0]), "abc");
  EXPECT_EQ(out.pooling, (std::vector<PoolingParams>{{Task::embed, true, 3}}));
  EXPECT_TRUE(failures.empty());
}

TEST_F(SequencingTest, a_failing_job_leaves_nothing_behind_and_spares_its_neighbours) {
  add("one");
  add("two").model = "other";
  add("three").dimensions = 7;
  add("four");
  run();
  ASSERT_EQ(out.sequences.size(), 2u);
  EXPECT_EQ(text_of(out.sequences[1]), "four");
  ASSERT_EQ(failures.size(), 2u);
  EXPECT_EQ(failures[0].job, 1u);
  EXPECT_EQ(failures[0].error.code, ErrorCode::model_unavailable);
  EXPECT_EQ(failures[1].error.code, ErrorCode::invalid_request);
}

TEST_F(SequencingTest, an_alias_names_the_model) {
  add("x").model = "mini";
  run();
  EXPECT_TRUE(failures.empty());
}

TEST_F(SequencingTest, long_texts_are_cut_at_the_side_that_is_asked_for) {
  add("abcdefghijkl");
  add("abcdefghijkl").truncate = Truncate::start;
  run();
  EXPECT_EQ(text_of(out.sequences[0]), "abcdefgh");
  EXPECT_EQ(out.sequences[0].dropped, 4u);
  EXPECT_EQ(text_of(out.sequences[1]), "efghijkl");
}

TEST_F(SequencingTest, long_texts_fail_under_reject_unless_the_job_allows_the_cut) {
  options.long_text = LongText::reject;
  add("abcdefghijkl");
  add("abcdefghijkl").truncate = Truncate::end;
  run();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].error.code, ErrorCode::too_long);
  EXPECT_EQ(out.sequences.size(), 1u);
}

TEST_F(SequencingTest, a_pair_on_an_embedder_is_query_and_documents_apart) {
  facts.score_method = ScoreMethod::bi_encoder;
  add_pair("q", {"d1", "d2"});
  run();
  ASSERT_EQ(out.sequences.size(), 3u);
  EXPECT_EQ(text_of(out.sequences[0]), "q");
  EXPECT_EQ(text_of(out.sequences[2]), "d2");
  EXPECT_EQ(out.sequences[2].part, 2u);
  EXPECT_EQ(out.sequences[2].parts, 3u);
}

TEST_F(SequencingTest, a_pair_on_a_cross_encoder_is_one_sequence_a_document) {
  facts.score_method = ScoreMethod::cross_encoder;
  add_pair("q", {"d1", "d2"});
  run();
  ASSERT_EQ(out.sequences.size(), 2u);
  EXPECT_EQ(text_of(out.sequences[1]), std::string("q\x02") + "d2");
}

TEST_F(SequencingTest, a_pair_where_a_prompt_is_expected_is_refused) {
  options.only = Task::embed;
  add_pair("q", {"d"});
  add("text");
  run();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].error.code, ErrorCode::invalid_request);
  EXPECT_EQ(out.sequences.size(), 1u);
}

TEST_F(SequencingTest, prompts_stand_before_the_text) {
  options.prompt = "doc:";
  add("a");
  add("b").prompt_name = "query";
  add("c").prompt_name = "nonsense";
  run();
  ASSERT_EQ(out.sequences.size(), 2u);
  EXPECT_EQ(text_of(out.sequences[0]), "doc:a");
  EXPECT_EQ(text_of(out.sequences[1]), "q:b");
  EXPECT_EQ(failures[0].error.code, ErrorCode::invalid_request);
}

TEST_F(SequencingTest, a_prompt_that_takes_no_part_in_pooling_is_skipped_token_by_token) {
  facts.include_prompt = false;
  facts.score_method = ScoreMethod::bi_encoder;
  options.prompt = "doc:";
  add("a");
  add("b").prompt_name = "query";
  add_pair("q", {"d"});
  run();
  ASSERT_EQ(out.pooling.size(), 4u);
  EXPECT_EQ(out.pooling[0].skip, 5u);  // [1] d o c :
  EXPECT_EQ(out.pooling[1].skip, 3u);
  EXPECT_EQ(out.pooling[2].skip, 5u);
  EXPECT_EQ(out.pooling[3].skip, 5u);
}

TEST_F(SequencingTest, a_prompt_in_front_of_given_tokens_or_of_models_that_pool_it_is_not_skipped) {
  options.prompt = "doc:";
  add("a");
  facts.include_prompt = true;
  run();
  EXPECT_EQ(out.pooling[0].skip, 0u);
  facts.include_prompt = false;
  out = {};
  jobs->jobs.front().input = JobInput::token_ids;
  const int32_t ids[] = {5};
  jobs->jobs.front().token_ids = ids;
  run();
  EXPECT_EQ(out.pooling[0].skip, 0u);
}

// As sentence-transformers does: what is left is the token behind the text.
TEST_F(SequencingTest, a_prompt_that_fills_the_model_leaves_the_last_token_to_pool) {
  facts.include_prompt = false;
  options.prompt = "a long prompt";
  add("a");
  run();
  ASSERT_EQ(out.sequences.size(), 1u);
  EXPECT_EQ(out.sequences[0].count, 10u);
  EXPECT_EQ(out.pooling[0].skip, 9u);
}

TEST_F(SequencingTest, prompts_are_measured_as_sentence_transformers_does) {
  const auto golden = golden::load_minilm_with_a_prompt();
  facts.include_prompt = false;
  facts.max_tokens.value = 256;
  options.prompt = golden.prompt;
  for (const auto& text : golden.texts) add(text);
  options.heads = {std::make_shared<const ModelFacts>(facts)};
  const auto tokenizer = Tokenizer::load(golden::minilm_dir());
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  Sequencer(*tokenizer, std::make_shared<const SequencingOptions>(options)).run(jobs, out, failures);
  ASSERT_EQ(out.sequences.size(), golden.texts.size());
  for (size_t i = 0; i < golden.texts.size(); ++i) {
    const auto begin = out.ids.begin() + out.sequences[i].begin;
    EXPECT_EQ(std::vector<int32_t>(begin, begin + out.sequences[i].count), golden.sequences[i].ids);
    EXPECT_EQ(out.pooling[i].skip, golden.prompt_length);
  }
}

TEST_F(SequencingTest, token_ids_are_checked_against_the_vocabulary) {
  auto& good = add("");
  good.input = JobInput::token_ids;
  auto ids = jobs->arena.array<int32_t>(2);
  ids[0] = 5;
  ids[1] = 255;
  good.token_ids = ids;
  auto& bad = add("");
  bad.input = JobInput::token_ids;
  auto wild = jobs->arena.array<int32_t>(1);
  wild[0] = 256;
  bad.token_ids = wild;
  run();
  ASSERT_EQ(out.sequences.size(), 1u);
  EXPECT_EQ(out.sequences[0].count, 2u);
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_NE(failures[0].error.message.find("256"), std::string::npos);
}

TEST_F(SequencingTest, an_empty_text_is_a_valid_input) {
  add("");
  run();
  ASSERT_EQ(out.sequences.size(), 1u);
  EXPECT_EQ(out.sequences[0].count, 2u);
}

TEST_F(SequencingTest, what_failed_in_decoding_and_tombstones_are_passed_over) {
  add("x").error = 0;
  add("y").input = JobInput::tombstone;
  run();
  EXPECT_TRUE(out.sequences.empty());
  EXPECT_TRUE(failures.empty());
}

}  // namespace
}  // namespace weir
