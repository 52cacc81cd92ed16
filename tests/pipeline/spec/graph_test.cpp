#include "pipeline/spec/graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/spec/describe.hpp"
#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using spec_test::dataflow;
using spec_test::errors_of;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string chain =
    "src: {actor: file_source, path: in}\n"
    "tok: {actor: tokenizer, from: src}\n"
    "bat: {actor: batcher, from: tok}\n"
    "work: {actor: gpu_worker, from: bat}\n"
    "pool: {actor: pooler, from: work}\n"
    "out: {actor: file_sink, from: pool, path: out}\n";

Plan plan_of(const std::string& text) {
  auto plan = load_plan("t.yaml", text, spec_test::fake_context());
  EXPECT_TRUE(plan.has_value()) << spec_test::lines(plan.error());
  return plan.value_or(Plan{});
}

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> out;
  for (const auto& stage : plan.stages) out.push_back(stage.name);
  return out;
}

TEST(Graph, OrdersStagesWhateverTheOrderOfTheFile) {
  const Plan plan =
      plan_of(dataflow("out: {actor: file_sink, from: pool, path: out}\n"
                       "pool: {actor: pooler, from: work}\n"
                       "work: {actor: gpu_worker, from: bat}\n"
                       "bat: {actor: batcher, from: tok}\n"
                       "tok: {actor: tokenizer, from: src}\n"
                       "src: {actor: file_source, path: in}\n"));
  EXPECT_THAT(names(plan), ElementsAre("src", "tok", "bat", "work", "pool", "out"));
  EXPECT_EQ(plan.stages[0].place.line, 9);
}

TEST(Graph, FansOutAndCountsBranches) {
  const Plan plan = plan_of(dataflow(chain + "more: {actor: file_sink, from: pool, path: more}\n"
                                             "pool2: {actor: pooler, from: work, type: cls}\n"
                                             "third: {actor: file_sink, from: pool2, path: third}\n"));
  EXPECT_THAT(names(plan), ElementsAre("src", "tok", "bat", "work", "pool", "out", "more", "pool2", "third"));
  EXPECT_THAT(plan.stages[0].sinks, ElementsAre(5, 6, 8));
  EXPECT_THAT(plan.stages[3].to, ElementsAre(4, 7));
  EXPECT_THAT(plan.stages[4].sinks, ElementsAre(5, 6));
  EXPECT_THAT(plan.stages[7].sinks, ElementsAre(8));
  EXPECT_EQ(plan.stages[8].from, 7);
}

TEST(Graph, TakesSeveralSources) {
  const Plan plan = plan_of(dataflow(chain + "src2: {actor: file_source, path: in2}\n"
                                             "em: {actor: model, from: src2}\n"
                                             "out2: {actor: file_sink, from: em, path: out2}\n"));
  EXPECT_THAT(names(plan), ElementsAre("src", "tok", "bat", "work", "pool", "out", "src2", "em.tokenizer", "em.batcher",
                                       "em.gpu_worker", "em", "out2"));
  EXPECT_EQ(plan.stages[6].from, -1);
  EXPECT_THAT(plan.stages[6].sinks, ElementsAre(11));
}

TEST(Graph, ExpandsTheShorthandWithItsOptions) {
  const Plan plan =
      plan_of(dataflow("src: {actor: file_source, path: in}\n"
                       "em: {actor: model, model: m, from: src, replicas: 3, max_tokens: 9000, threads: 2, type: max, "
                       "normalize: false}\n"
                       "out: {actor: file_sink, from: em, path: out}\n"));
  EXPECT_EQ(std::get<TokenizerPlan>(plan.stages[1].options).replicas, 3u);
  EXPECT_EQ(std::get<TokenizerPlan>(plan.stages[1].options).model, "m");
  EXPECT_EQ(std::get<BatcherPlan>(plan.stages[2].options).max_tokens, 9000u);
  EXPECT_EQ(std::get<GpuWorkerPlan>(plan.stages[3].options).threads, 2u);
  EXPECT_EQ(std::get<GpuWorkerPlan>(plan.stages[3].options).model, "m");
  const auto& pooler = std::get<PoolerPlan>(plan.stages[4].options);
  EXPECT_THAT(*pooler.kinds, ElementsAre(PoolerKind::max));
  EXPECT_EQ(pooler.use_activation, false);
}

TEST(Graph, NamesWhatDoesNotFit) {
  EXPECT_EQ(
      errors_of(dataflow(chain + "bad: {actor: pooler, from: tok}\nend: {actor: file_sink, from: bad, path: x}\n")),
      "t.yaml:10:30: a pooler reads hidden states, but a tokenizer gives tokens: 'tok'; read from work\n");
  EXPECT_EQ(
      errors_of(dataflow("src: {actor: file_source, path: in}\nout: {actor: file_sink, from: src, path: x}\n")),
      "t.yaml:5:33: a file_sink reads results, but a file_source gives records: 'src'; put a pooler between them\n");
  EXPECT_THAT(errors_of(dataflow(chain + "bad: {actor: file_sink, from: poool, path: x}\n")),
              HasSubstr("t.yaml:10:33: no such stage: 'poool'; did you mean 'pool'?"));
  EXPECT_EQ(errors_of(dataflow(chain + "bat2: {actor: batcher, from: tok}\n")),
            "t.yaml:10:3: no stage reads this one: its work would be lost: 'bat2'; add a stage that reads batches, or "
            "remove it\n");
  EXPECT_EQ(errors_of(dataflow(chain + "two: {actor: gpu_worker, from: bat}\np: {actor: pooler, from: two}\n"
                                       "o: {actor: file_sink, from: p, path: x}\n")),
            "t.yaml:10:34: gpu_worker `work` reads this batcher already: 'bat'; give that one more devices, or this "
            "one a batcher "
            "of its own\n");
}

TEST(Graph, TellsEachCycleOnce) {
  EXPECT_EQ(errors_of(dataflow(chain + "a: {actor: tokenizer, from: c}\n"
                                       "b: {actor: batcher, from: a}\n"
                                       "c: {actor: gpu_worker, from: b}\n")),
            "t.yaml:10:31: these stages feed themselves: 'a -> b -> c -> a'; a dataflow runs from sources to sinks\n"
            "t.yaml:10:31: a tokenizer reads records, but a gpu_worker gives hidden states: 'c'; read from src\n");
}

TEST(Graph, NeedsASourceAndASink) {
  const auto errors = errors_of("name: t\nmodels: {m: {path: p}}\ndataflow:\n  a: {actor: tokenizer, from: a}\n");
  EXPECT_THAT(errors, HasSubstr("no source"));
  EXPECT_THAT(errors, HasSubstr("no sink"));
}

TEST(Graph, KeepsKafkaAndFilesApart) {
  EXPECT_EQ(
      errors_of(dataflow(chain + "k: {actor: kafka_sink, from: pool, topic: x, bootstrap.servers: \"b:9092\"}\n")),
      "t.yaml:10:3: a kafka_sink under a file_source is not built yet: 'k'; write a file_sink\n");
}

TEST(Graph, ComparesNamesOfTheExpansion) {
  EXPECT_THAT(errors_of(dataflow("src: {actor: file_source, path: in}\n"
                                 "em: {actor: model, from: src}\n"
                                 "em.batcher: {actor: file_sink, from: em, path: out}\n")),
              HasSubstr("two stages have this name"));
}

TEST(Draw, WritesBothFormats) {
  const Plan plan = plan_of(dataflow(chain));
  const auto mermaid = draw(plan, Drawing::mermaid);
  EXPECT_THAT(mermaid, HasSubstr("graph LR\n  s0[\"src<br/>file_source\"]\n  t0_0[(\"in\")]\n  t0_0 --> s0\n"));
  EXPECT_THAT(mermaid, HasSubstr("  s3 -- hidden states --> s4\n"));
  const auto dot = draw(plan, Drawing::dot);
  EXPECT_THAT(dot, HasSubstr("  s3 -> s4 [label=\"hidden states\"];\n"));
  EXPECT_TRUE(dot.starts_with("digraph") && dot.ends_with("}\n"));
}

}  // namespace
}  // namespace weir
