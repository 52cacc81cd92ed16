#include "pipeline/spec/model_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using spec_test::dataflow;
using testing::HasSubstr;

// The errors with this model mapping and these options of source, batcher and pooler.
std::string errors_of(const std::string& model, const std::string& source = "", const std::string& batcher = "",
                      const std::string& pooler = "") {
  return spec_test::errors_of(dataflow("src: {actor: file_source, path: in" + source +
                                           "}\n"
                                           "tok: {actor: tokenizer, from: src}\n"
                                           "bat: {actor: batcher, from: tok" +
                                           batcher +
                                           "}\n"
                                           "work: {actor: gpu_worker, from: bat}\n"
                                           "pool: {actor: pooler, from: work" +
                                           pooler +
                                           "}\n"
                                           "out: {actor: file_sink, from: pool, path: out}\n",
                                       model));
}

TEST(ModelCheck, TakesWhatTheModelCanDo) {
  EXPECT_EQ(errors_of("path: minilm, task: token_embed, pooler: {type: all}"), "");
  EXPECT_EQ(errors_of("path: minilm", ", prompt_name: query", ", max_tokens: 256", ", task: embed, normalize: false"),
            "");
  EXPECT_EQ(errors_of("path: x/classifier, task: classify", "", "", ", use_activation: false"), "");
  EXPECT_EQ(errors_of("path: x/reranker, task: score"), "");
}

TEST(ModelCheck, RefusesATaskThatTheModelCannotDo) {
  EXPECT_EQ(errors_of("path: minilm, task: classify"),
            "t.yaml:2:34: all-MiniLM-L6-v2 (BertModel) cannot do this: 'classify'; it can: embed, token_embed\n");
  EXPECT_THAT(errors_of("path: minilm", "", "", ", task: score"),
              HasSubstr("t.yaml:8:43: all-MiniLM-L6-v2 (BertModel) cannot do this: 'score'"));
}

TEST(ModelCheck, RefusesNormalizeOnAHead) {
  EXPECT_EQ(errors_of("path: x/classifier", "", "", ", normalize: true"),
            "t.yaml:8:48: `normalize` is for embeddings, and the task is classify; write use_activation: to switch "
            "sigmoid or softmax\n");
  EXPECT_THAT(errors_of("path: x/reranker, pooler: {normalize: false}"), HasSubstr("and the task is score"));
}

// vLLM's STEP pooler picks columns by vocabulary ids, which after a converted head would mean hidden dimensions.
TEST(ModelCheck, RefusesStepPoolingByName) {
  EXPECT_THAT(errors_of("path: minilm, pooler: {type: step}"), HasSubstr("'step'"));
  EXPECT_THAT(errors_of("path: minilm, pooler: {returned_token_ids: [5, 6]}"), HasSubstr("'returned_token_ids'"));
  EXPECT_THAT(errors_of("path: minilm", "", "", ", step_tag_id: 7"), HasSubstr("'step_tag_id'"));
}

TEST(ModelCheck, RefusesPoolersOfAnotherTask) {
  EXPECT_THAT(errors_of("path: minilm, pooler: {type: all}"),
              HasSubstr("not a pooler of task embed: 'all'; write cls, last"));
  EXPECT_THAT(errors_of("path: minilm, task: token_embed", "", "", ", type: mean"),
              HasSubstr("not a pooler of task token_embed: 'mean'; write all"));
  EXPECT_THAT(errors_of("path: minilm, pooler: {type: [mean, all]}"), HasSubstr("cannot be concatenated"));
  EXPECT_THAT(errors_of("path: x/classifier", "", "", ", type: [mean, cls]"),
              HasSubstr("they give 768 columns, the layer behind them takes 384: '2 poolers'; name 1"));
  EXPECT_EQ(errors_of("path: x/classifier", "", "", ", type: mean"), "");
  EXPECT_EQ(errors_of("path: x/matryoshka", "", "", ", type: [mean, cls], dimensions: 768"), "");
}

TEST(ModelCheck, RefusesDimensionsThatTheModelLacks) {
  EXPECT_EQ(
      errors_of("path: minilm", "", "", ", dimensions: 128"),
      "t.yaml:8:49: all-MiniLM-L6-v2 is no matryoshka model: its vectors keep 384 dimensions: '128'; remove it\n");
  EXPECT_THAT(errors_of("path: x/classifier", "", "", ", dimensions: 2"), HasSubstr("`dimensions` is for embeddings"));
  EXPECT_EQ(errors_of("path: x/matryoshka", "", "", ", dimensions: 100"),
            "t.yaml:8:49: all-MiniLM-L6-v2 does not give this size: '100'; one of: 64, 128\n");
  EXPECT_EQ(errors_of("path: x/matryoshka", "", "", ", dimensions: 128"), "");
  EXPECT_EQ(errors_of("path: x/matryoshka", "", "", ", dimensions: 384"), "");
}

TEST(ModelCheck, RefusesUnknownPrompts) {
  EXPECT_THAT(errors_of("path: minilm", ", prompt_name: qery"),
              HasSubstr("has no such prompt: 'qery'; did you mean 'query'?"));
  EXPECT_THAT(errors_of("path: x/classifier", ", prompt_name: query"), HasSubstr("it has none"));
  EXPECT_THAT(errors_of("path: minilm", ", prompt_name: query, prompt: \"q: \""), HasSubstr("exclude each other"));
}

TEST(ModelCheck, RefusesBudgetsThatNoTextFits) {
  EXPECT_EQ(errors_of("path: minilm", "", ", max_tokens: 255"),
            "t.yaml:6:48: a text of all-MiniLM-L6-v2 may have 256 tokens: it would never fit into a batch: '255'; "
            "write at least "
            "256, or auto\n");
}

TEST(ModelCheck, QuotesTheProbe) {
  EXPECT_EQ(errors_of("path: x/missing"), "t.yaml:2:20: there is no config.json in x/missing: 'x/missing'\n");
}

TEST(ModelCheck, MergesPoolerSettingsFieldByField) {
  const auto plan = load_plan("t.yaml",
                              dataflow("src: {actor: file_source, path: in}\n"
                                       "em: {actor: model, from: src, normalize: false}\n"
                                       "out: {actor: file_sink, from: em, path: out}\n",
                                       "path: minilm, task: embed, pooler: {type: [cls, mean], normalize: true}"),
                              spec_test::fake_context());
  ASSERT_TRUE(plan.has_value()) << spec_test::lines(plan.error());
  const auto& pooler = std::get<PoolerPlan>(plan->stages[4].options);
  EXPECT_THAT(*pooler.kinds, testing::ElementsAre(PoolerKind::cls, PoolerKind::mean));
  EXPECT_EQ(pooler.use_activation, false);
  EXPECT_EQ(pooler.task, Task::embed);
}

}  // namespace
}  // namespace weir
