// Which pooler and which activation a model gets: its heads, its files, the YAML, and what `inspect` says of it.
#include "pooling/inspect.hpp"
#include "pooling/read_facts.hpp"
#include "tests/pooling/model_dir.hpp"

namespace weir {
namespace {

using golden::TempDir;
using golden::TinyBertOptions;
using golden::TinyHead;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kinds = std::vector<PoolerKind>;

TEST_F(ModelDir, a_model_with_a_head_and_a_pooling_module_is_an_embedder) {
  TinyBertOptions options;
  options.head = TinyHead::masked_lm;
  write(options);
  EXPECT_EQ(facts().tasks.front(), Task::embed);
}

struct HeadCase {
  TinyHead head;
  uint32_t labels;
  const char* problem_type;
  const char* activation_fn;
  OutputActivation activation;
  Origin origin;
};

// Traps: softmax over one label always says 1; what older and newer releases take as default; regression has none.
TEST_F(ModelDir, the_activation_of_a_head_follows_its_files_then_its_labels) {
  constexpr const char* py_sigmoid = "torch.nn.modules.activation.Sigmoid";
  constexpr const char* py_softmax = "torch.nn.modules.activation.Softmax";
  constexpr const char* py_none = "torch.nn.modules.linear.Identity";
  using enum OutputActivation;
  const HeadCase cases[] = {
      {TinyHead::score, 1, "", "", sigmoid, Origin::task_default},
      {TinyHead::classify, 2, "", "", softmax, Origin::task_default},
      {TinyHead::classify, 1, "single_label_classification", "", sigmoid, Origin::model_config},
      {TinyHead::classify, 3, "single_label_classification", "", softmax, Origin::model_config},
      {TinyHead::classify, 3, "multi_label_classification", "", sigmoid, Origin::model_config},
      {TinyHead::score, 1, "regression", "", identity, Origin::model_config},
      {TinyHead::score, 1, "", py_none, identity, Origin::sentence_transformers},
      {TinyHead::score, 1, "regression", py_sigmoid, sigmoid, Origin::sentence_transformers},
      {TinyHead::score, 1, "", py_softmax, sigmoid, Origin::sentence_transformers},
      {TinyHead::classify, 3, "", py_sigmoid, sigmoid, Origin::sentence_transformers},
      {TinyHead::classify, 3, "", py_softmax, softmax, Origin::sentence_transformers},
  };
  for (const auto& one : cases) {
    TinyBertOptions options;
    options.head = one.head;
    options.labels = one.labels;
    options.problem_type = one.problem_type;
    options.ce_activation = one.activation_fn;
    write(options);
    const auto read = facts();
    const auto& pooler = read.poolers.at(Task::classify);
    EXPECT_EQ(pooler.activation.value, one.activation) << one.problem_type << one.activation_fn << one.labels;
    EXPECT_EQ(pooler.activation.origin, one.origin);
    EXPECT_EQ(read.poolers.contains(Task::score), one.labels == 1);
  }
  TinyBertOptions options;
  options.head = TinyHead::score;
  options.ce_activation = "my_code.Swoosh";
  write(options);
  EXPECT_THAT(complaint(), HasSubstr("`activation_fn` is `my_code.Swoosh`"));
  change("config.json", "sentence_transformers", nullptr);
  write_json("config_sentence_transformers.json", {{"model_type", "CrossEncoder"}, {"activation_fn", py_none}});
  EXPECT_EQ(facts().poolers.at(Task::score).activation.value, identity);
}

// sentence-transformers 6 gives cross-encoders a modules.json with a Transformer only.
TEST_F(ModelDir, a_cross_encoder_with_modules_stays_one) {
  TinyBertOptions options;
  options.head = TinyHead::score;
  write(options);
  write_json("modules.json", {{{"idx", 0},
                               {"name", "0"},
                               {"path", ""},
                               {"type", "sentence_transformers.base.modules.transformer.Transformer"}}});
  write_json("sentence_bert_config.json",
             {{"transformer_task", "sequence-classification"}, {"module_output_name", "scores"}});
  const auto read = facts();
  EXPECT_THAT(read.tasks, ElementsAre(Task::score, Task::classify));
  EXPECT_EQ(read.score_method, ScoreMethod::cross_encoder);
  EXPECT_THAT(read.labels, ElementsAre("LABEL_0"));
  EXPECT_EQ(read.output_size, 1u);
}

TEST_F(ModelDir, token_classifiers_keep_every_row) {
  TinyBertOptions options;
  options.head = TinyHead::token_classify;
  options.labels = 5;
  write(options);
  const auto read = facts();
  EXPECT_THAT(read.tasks, ElementsAre(Task::token_classify));
  EXPECT_THAT(read.poolers.at(Task::token_classify).kinds.value, ElementsAre(PoolerKind::all));
  EXPECT_EQ(read.output_size, 5u);
}

TEST_F(ModelDir, yaml_outranks_files_field_by_field) {
  write();
  PoolerOverrides overrides;
  overrides.kinds = Kinds{PoolerKind::cls, PoolerKind::max};
  auto embed = facts(overrides).poolers.at(Task::embed);
  EXPECT_THAT(embed.kinds.value, ElementsAre(PoolerKind::cls, PoolerKind::max));
  EXPECT_EQ(embed.kinds.origin, Origin::yaml);
  EXPECT_EQ(embed.width, 64u);
  EXPECT_EQ(embed.use_activation.origin, Origin::sentence_transformers);  // untouched

  overrides = {};
  overrides.use_activation = false;
  embed = facts(overrides).poolers.at(Task::embed);
  EXPECT_THAT(embed.kinds.value, ElementsAre(PoolerKind::mean));
  EXPECT_FALSE(embed.use_activation.value);
  EXPECT_EQ(embed.use_activation.origin, Origin::yaml);

  overrides.task = Task::token_embed;
  EXPECT_EQ(facts(overrides).tasks.front(), Task::token_embed);
}

TEST_F(ModelDir, yaml_that_the_model_cannot_follow_is_refused) {
  TinyBertOptions options;
  options.dense = {{16, "torch.nn.modules.activation.Tanh", true}};
  options.matryoshka = {4, 8};
  write(options);
  PoolerOverrides overrides;
  const auto with = [&](auto set) {
    overrides = {};
    set();
    return complaint(overrides);
  };
  EXPECT_THAT(with([&] { overrides.task = Task::classify; }),
              HasSubstr("invalid_config: " + dir_.path().string() + ": task classify is not one that"));
  EXPECT_THAT(with([&] { overrides.kinds = Kinds{}; }), HasSubstr("names no pooler"));
  EXPECT_THAT(with([&] { overrides.kinds = Kinds{PoolerKind::all}; }), HasSubstr("use task token_embed"));
  EXPECT_THAT(with([&] {
                overrides.kinds = Kinds{PoolerKind::cls, PoolerKind::mean};
              }),
              HasSubstr("2 poolers give 64 columns, the layer behind them takes 32"));
  EXPECT_THAT(with([&] { overrides.dimensions = 5; }),
              HasSubstr("invalid_config: " + dir_.path().string() + ": `dimensions` is 5;"));
  EXPECT_THAT(with([&] { overrides.task = Task::token_embed, overrides.kinds = Kinds{PoolerKind::cls}; }),
              HasSubstr("can only be `all`"));
  EXPECT_EQ(with([&] { overrides.dimensions = 8; }), "none");
}

TEST_F(ModelDir, the_digest_tells_models_and_settings_apart) {
  write();
  const auto first = facts().digest;
  EXPECT_EQ(first.size(), 16u);
  EXPECT_EQ(facts().digest, first);
  PoolerOverrides overrides;
  overrides.use_activation = false;
  EXPECT_NE(facts(overrides).digest, first);
  TinyBertOptions options;
  options.seed = 2;
  write(options);
  EXPECT_NE(facts().digest, first);
}

TEST_F(ModelDir, inspect_says_where_each_setting_came_from) {
  TinyBertOptions options;
  options.matryoshka = {8, 16};
  write(options);
  write_json("config_sentence_transformers.json",
             {{"prompts", {{"query", "query: "}}}, {"default_prompt_name", "query"}});
  PoolerOverrides overrides;
  overrides.use_activation = false;
  std::string text;
  for (const auto& line : inspect(facts(overrides)))
    text += line.section + "/" + line.name + "=" + line.value + " (" + line.origin + ")\n";
  for (const char* expected :
       {"model/architecture=BertModel (model_config)", "model/tasks=embed, score, token_embed",
        "model/max_tokens=256 (sentence_transformers)", "model/matryoshka=8, 16 (model_config)",
        "model/prompt query=\"query: \" (default) (sentence_transformers)", "embed/pooler=mean (sentence_transformers)",
        "embed/use_activation=false (yaml)", "embed/activation=l2_normalize (task_default)", "score/method=bi_encoder",
        "token_embed/pooler=all (task_default)"})
    EXPECT_THAT(text, HasSubstr(expected));
}

}  // namespace
}  // namespace weir
