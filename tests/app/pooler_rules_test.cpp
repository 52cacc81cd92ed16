// `weir check` refuses just what the runner would: pipeline/spec states a pooler's rules with places in the file,
// pooling without, and neither room may include the other.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "pipeline/spec/load.hpp"
#include "pooling/pooler_choice.hpp"
#include "pooling/read_facts.hpp"
#include "tests/golden/temp_dir.hpp"
#include "tests/golden/tiny_bert.hpp"
#include "tests/pipeline/spec/fake_context.hpp"

namespace weir {
namespace {

using golden::TinyBertOptions;
using golden::TinyHead;

std::vector<TinyBertOptions> models() {
  std::vector<TinyBertOptions> all(7);
  all[1].pooling = {"cls", "max"};
  all[1].dense = {{}};
  all[2].matryoshka = {8, 16};
  all[2].sentence_transformers = false;
  all[3].head = TinyHead::classify;
  all[3].labels = 3;
  all[4].head = TinyHead::score;
  all[5].head = TinyHead::token_classify;
  all[6].normalize = false;
  return all;
}

std::string yaml_of(const PoolerOverrides& overrides) {
  std::string model = "path: tiny", pooler;
  if (overrides.task) model += fmt::format(", task: {}", to_string(*overrides.task));
  if (overrides.kinds) {
    std::vector<std::string_view> names;
    for (const PoolerKind kind : *overrides.kinds) names.push_back(to_string(kind));
    pooler += fmt::format("type: [{}], ", fmt::join(names, ", "));
  }
  if (overrides.dimensions) pooler += fmt::format("dimensions: {}, ", *overrides.dimensions);
  if (overrides.use_activation) pooler += fmt::format("use_activation: {}, ", *overrides.use_activation);
  return model + ", pooler: {" + pooler + "}";
}

// What `check` says of a model with these settings; empty: it takes them.
std::string complaints(const ModelFacts& facts, const PoolerOverrides& overrides) {
  auto context = spec_test::fake_context();
  context.probe_model = [&facts](const std::string&) -> Result<ModelFacts> { return facts; };
  const auto text = spec_test::dataflow(
      "s: {actor: file_source, path: in}\ne: {actor: model, from: s}\no: {actor: file_sink, from: e, path: out}\n",
      yaml_of(overrides));
  const auto plan = load_plan("t.yaml", text, context);
  return plan ? "" : spec_test::lines(plan.error());
}

}  // namespace

TEST(PoolerRules, check_refuses_what_the_runner_refuses_and_nothing_else) {
  using Kinds = std::optional<std::vector<PoolerKind>>;
  int taken = 0, refused = 0;
  for (const auto& options : models()) {
    golden::TempDir dir;
    ASSERT_TRUE(golden::write_tiny_bert(dir.path(), options));
    const auto facts = read_model_facts(dir.path());
    ASSERT_TRUE(facts) << facts.error().message;
    for (const std::optional<Task> task : {std::optional<Task>(),
                                           {Task::embed},
                                           {Task::classify},
                                           {Task::score},
                                           {Task::token_embed},
                                           {Task::token_classify}})
      for (const Kinds& kinds : {Kinds(), Kinds({PoolerKind::cls}), Kinds({PoolerKind::mean, PoolerKind::cls}),
                                 Kinds({PoolerKind::all}), Kinds({PoolerKind::mean, PoolerKind::all})})
        for (const std::optional<uint32_t> dimensions : {std::optional<uint32_t>(), {5}, {8}, {16}, {32}, {64}, {65}})
          for (const std::optional<bool> activation : {std::optional<bool>(), {false}}) {
            const PoolerOverrides overrides{kinds, activation, dimensions, task};
            ModelFacts merged = *facts;
            const auto applied = apply_overrides(overrides, "pooler", merged);
            const auto said = complaints(*facts, overrides);
            EXPECT_EQ(applied.has_value(), said.empty())
                << facts->architecture << " {" << yaml_of(overrides) << "}\ncheck: " << said
                << "\nrunner: " << (applied ? "takes it" : applied.error().message);
            ++(applied ? taken : refused);
          }
  }
  EXPECT_GT(taken, 50);
  EXPECT_GT(refused, 500);
}

}  // namespace weir
