// What a job may ask of its pooler.
#include "pooling/request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pooling/pooler_choice.hpp"

namespace weir {
namespace {

using testing::HasSubstr;

ModelConfig config() {
  ModelConfig c;
  c.hidden_size = 32;
  return c;
}

ModelFacts embedder(std::vector<uint32_t> matryoshka = {}, bool is_matryoshka = false) {
  ModelFacts facts;
  facts.name = "tiny";
  facts.hidden_size = 32;
  facts.vocab_size = 100;
  facts.max_tokens.value = 8;
  facts.matryoshka = std::move(matryoshka);
  facts.is_matryoshka = is_matryoshka || !facts.matryoshka.empty();
  EXPECT_TRUE(choose_poolers(config(), {}, facts));
  return facts;
}

ModelFacts classifier(size_t labels) {
  ModelFacts facts;
  facts.name = "tiny";
  auto c = config();
  c.head = ModelHead::sequence_classification;
  c.labels.resize(labels);
  EXPECT_TRUE(choose_poolers(c, {}, facts));
  return facts;
}

PoolingRequest of_task(Task task) { return {task, {}, {}, false}; }
PoolingRequest of_pair(std::optional<Task> task = {}) { return {task, {}, {}, true}; }
PoolingRequest of_dimensions(uint32_t dimensions) { return {{}, {}, dimensions, false}; }

std::string complaint(const ModelFacts& facts, const PoolingRequest& request) {
  const auto params = resolve_pooling(facts, request);
  if (params) return "none";
  EXPECT_EQ(params.error().code, ErrorCode::invalid_request);
  return params.error().message;
}

TEST(Request, an_empty_one_takes_the_stages_settings) {
  EXPECT_EQ(resolve_pooling(embedder(), {}).value(), (PoolingParams{Task::embed, true, 0}));
  EXPECT_EQ(resolve_pooling(classifier(3), {}).value(), (PoolingParams{Task::classify, true, 0}));
}

TEST(Request, use_activation_is_the_jobs_to_choose) {
  EXPECT_FALSE(resolve_pooling(embedder(), {{}, false, {}, false}).value().use_activation);
}

TEST(Request, the_input_decides_between_score_and_the_rest) {
  EXPECT_EQ(resolve_task(embedder(), of_pair()).value(), Task::score);
  EXPECT_EQ(resolve_task(classifier(1), of_pair()).value(), Task::score);
  EXPECT_EQ(resolve_task(classifier(1), {}).value(), Task::classify);
  EXPECT_EQ(resolve_task(classifier(3), of_pair()).value(), Task::classify);
  EXPECT_THAT(complaint(embedder(), of_task(Task::score)), HasSubstr("task score needs `query` and `documents`"));
  EXPECT_THAT(complaint(embedder(), of_pair(Task::embed)), HasSubstr("task embed takes a text"));
  EXPECT_THAT(complaint(embedder(), of_task(Task::classify)),
              HasSubstr("tiny does not do task classify; it does embed, score"));
  EXPECT_THAT(complaint(classifier(2), of_pair(Task::score)), HasSubstr("does not do task score"));
}

TEST(Request, a_model_asked_to_serve_one_task_refuses_the_others) {
  auto facts = embedder();
  facts.tasks = {Task::embed};
  EXPECT_THAT(complaint(facts, of_task(Task::token_embed)), HasSubstr("does not do task token_embed; it does embed"));
  EXPECT_THAT(complaint(facts, of_pair()), HasSubstr("tiny does embed, which takes single texts only"));
}

TEST(Request, only_a_one_label_head_reads_pairs_together_to_score_them) {
  EXPECT_TRUE(encodes_pairs_together(classifier(1), Task::score));
  EXPECT_TRUE(encodes_pairs_together(classifier(3), Task::classify));
  EXPECT_FALSE(encodes_pairs_together(embedder(), Task::score));
}

TEST(Request, dimensions_need_a_matryoshka_model) {
  EXPECT_THAT(complaint(embedder(), of_dimensions(8)), HasSubstr("was not trained for cut vectors"));
  EXPECT_THAT(complaint(classifier(2), of_dimensions(8)), HasSubstr("classes and scores have none"));
  const auto listed = embedder({8, 16});
  EXPECT_EQ(resolve_pooling(listed, of_dimensions(8)).value().dimensions, 8u);
  EXPECT_EQ(resolve_pooling(listed, of_dimensions(32)).value().dimensions, 0u);  // all of them
  EXPECT_THAT(complaint(listed, of_dimensions(9)), HasSubstr("`dimensions` is 9; tiny allows 8, 16"));
  EXPECT_THAT(complaint(listed, of_dimensions(0)), HasSubstr("tiny allows 8, 16"));
  const auto any = embedder({}, true);
  EXPECT_EQ(resolve_pooling(any, of_dimensions(9)).value().dimensions, 9u);
  EXPECT_THAT(complaint(any, of_dimensions(33)), HasSubstr("allows 1 to 32"));
  EXPECT_THAT(complaint(any, of_dimensions(0)), HasSubstr("allows 1 to 32"));
}

TEST(Request, the_stages_dimensions_are_the_default) {
  auto facts = embedder({8, 16});
  PoolerOverrides overrides;
  overrides.dimensions = 16;
  ASSERT_TRUE(apply_overrides(overrides, "pooler", facts));
  EXPECT_EQ(resolve_pooling(facts, {}).value().dimensions, 16u);
  EXPECT_EQ(resolve_pooling(facts, of_dimensions(8)).value().dimensions, 8u);
  EXPECT_EQ(resolve_pooling(facts, of_dimensions(32)).value().dimensions, 0u);
}

// Trap: too long is said, never silent.
TEST(Request, token_ids_are_checked_one_by_one) {
  const auto facts = embedder();
  const auto check = [&](std::vector<int32_t> ids) { return check_token_ids(facts, ids); };
  EXPECT_TRUE(check({0, 99, 5}));
  EXPECT_EQ(check({}).error().code, ErrorCode::invalid_request);
  EXPECT_THAT(check({1, 100}).error().message, HasSubstr("`token_ids`[1] is 100, the vocabulary has 0 to 99"));
  EXPECT_THAT(check({-1}).error().message, HasSubstr("`token_ids`[0] is -1"));
  EXPECT_EQ(check({1, 2, 3, 4, 5, 6, 7, 8, 9}).error().code, ErrorCode::too_long);
  EXPECT_THAT(check({1, 2, 3, 4, 5, 6, 7, 8, 9}).error().message, HasSubstr("9 tokens, tiny takes 8"));
}

TEST(Request, prompts_are_found_by_name_or_default) {
  auto facts = embedder();
  EXPECT_EQ(find_prompt(facts, "").value(), "");
  EXPECT_THAT(find_prompt(facts, "query").error().message, HasSubstr("`prompt_name` is `query`; tiny has no prompts"));
  facts.prompts = {{"query", "q: "}, {"document", "d: "}};
  EXPECT_EQ(find_prompt(facts, "").value(), "");
  EXPECT_EQ(find_prompt(facts, "document").value(), "d: ");
  facts.default_prompt = "query";
  EXPECT_EQ(find_prompt(facts, "").value(), "q: ");
  EXPECT_THAT(find_prompt(facts, "other").error().message, HasSubstr("tiny has document, query"));
}

}  // namespace
}  // namespace weir
