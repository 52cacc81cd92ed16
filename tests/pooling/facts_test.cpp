// What a model directory says: sentence-transformers files of old and new releases, the choice of poolers and its
// origins.
#include <functional>

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

TEST(Facts, all_minilm_is_what_its_files_say) {
  const auto facts = read_model_facts(golden::minilm_dir()).value();
  EXPECT_EQ(facts.name, "all-MiniLM-L6-v2");
  EXPECT_EQ(facts.architecture, "BertModel");
  EXPECT_THAT(facts.tasks, ElementsAre(Task::embed, Task::score, Task::token_embed));
  EXPECT_EQ(facts.output_size, 384u);
  EXPECT_EQ(facts.max_tokens.value, 256u);  // sentence_bert_config.json; tokenizer.json says 128, the positions are 512
  EXPECT_EQ(facts.max_tokens.origin, Origin::sentence_transformers);
  EXPECT_EQ(facts.max_positions, 512u);
  EXPECT_EQ(facts.weight_bytes_fp32, 90'852'864u);
  EXPECT_EQ(facts.stored_dtype, DType::float32);
  const auto& embed = facts.poolers.at(Task::embed);
  EXPECT_THAT(embed.kinds.value, ElementsAre(PoolerKind::mean));
  EXPECT_EQ(embed.kinds.origin, Origin::sentence_transformers);
  EXPECT_TRUE(embed.use_activation.value);
  EXPECT_EQ(facts.score_method, ScoreMethod::bi_encoder);
}

TEST_F(ModelDir, max_tokens_come_from_the_strongest_file) {
  TinyBertOptions options;
  options.max_positions = 300;
  write(options);
  write_json("tokenizer_config.json", {{"model_max_length", 200}});
  EXPECT_EQ(facts().max_tokens.value, 256u);
  change("sentence_bert_config.json", "max_seq_length", 1000);
  EXPECT_EQ(facts().max_tokens.value, 300u);  // never beyond the position table
  std::filesystem::remove(dir_.path() / "sentence_bert_config.json");
  EXPECT_EQ(facts().max_tokens.value, 200u);
  EXPECT_EQ(facts().max_tokens.origin, Origin::model_config);
  write_json("tokenizer_config.json", {{"model_max_length", 1e30}});  // "none"
  EXPECT_EQ(facts().max_tokens.value, 300u);
}

// What transformers 5.23 does for each of these.
TEST_F(ModelDir, the_truncation_side_is_transformers) {
  write();
  EXPECT_FALSE(facts().truncate_start.value);
  EXPECT_EQ(facts().truncate_start.origin, Origin::task_default);
  write_json("tokenizer.json", {{"truncation", nullptr}});
  EXPECT_FALSE(facts().truncate_start.value);
  write_json("tokenizer.json", {{"truncation", {{"direction", "Left"}, {"max_length", 128}}}});
  EXPECT_TRUE(facts().truncate_start.value);
  write_json("tokenizer_config.json", {{"truncation_side", "right"}});
  EXPECT_FALSE(facts().truncate_start.value);
  EXPECT_EQ(facts().truncate_start.origin, Origin::model_config);
  write_json("tokenizer.json", {{"truncation", nullptr}});
  write_json("tokenizer_config.json", {{"truncation_side", "left"}});
  EXPECT_TRUE(facts().truncate_start.value);
}

TEST_F(ModelDir, without_sentence_transformers_files_bert_is_cls_and_normalized) {
  TinyBertOptions options;
  options.sentence_transformers = false;
  write(options);
  const auto embed = facts().poolers.at(Task::embed);
  EXPECT_THAT(embed.kinds.value, ElementsAre(PoolerKind::cls));
  EXPECT_EQ(embed.kinds.origin, Origin::model_class);
  EXPECT_TRUE(embed.use_activation.value);
  EXPECT_EQ(embed.use_activation.origin, Origin::model_class);
}

// Trap: Pooling without Normalize means raw vectors.
TEST_F(ModelDir, files_without_normalize_mean_not_normalized) {
  TinyBertOptions options;
  options.normalize = false;
  for (const bool old_spelling : {false, true}) {
    options.old_spelling = old_spelling;
    write(options);
    const auto embed = facts().poolers.at(Task::embed);
    EXPECT_FALSE(embed.use_activation.value);
    EXPECT_EQ(embed.use_activation.origin, Origin::sentence_transformers);
  }
}

// Trap: every mode, and several at once, in the order in which sentence-transformers concatenates them.
TEST_F(ModelDir, pooling_modes_of_new_and_old_releases_are_the_same) {
  const std::pair<std::vector<std::string>, Kinds> cases[] = {
      {{"cls"}, {PoolerKind::cls}},
      {{"mean"}, {PoolerKind::mean}},
      {{"max"}, {PoolerKind::max}},
      {{"mean_sqrt_len_tokens"}, {PoolerKind::mean_sqrt_len}},
      {{"weightedmean"}, {PoolerKind::weighted_mean}},
      {{"lasttoken"}, {PoolerKind::last}},
      {{"cls", "max", "mean", "lasttoken"}, {PoolerKind::cls, PoolerKind::max, PoolerKind::mean, PoolerKind::last}},
  };
  for (const auto& [names, kinds] : cases)
    for (const bool old_spelling : {false, true}) {
      TinyBertOptions options;
      options.pooling = names;
      options.old_spelling = old_spelling;
      write(options);
      EXPECT_EQ(facts().poolers.at(Task::embed).kinds.value, kinds) << names.front() << old_spelling;
      EXPECT_EQ(facts().output_size, 32 * kinds.size());
    }
  // The list of today keeps its own order; the flags of before have a fixed one.
  TinyBertOptions options;
  options.pooling = {"mean", "cls"};
  write(options);
  EXPECT_THAT(facts().poolers.at(Task::embed).kinds.value, ElementsAre(PoolerKind::mean, PoolerKind::cls));
  options.old_spelling = true;
  write(options);
  EXPECT_THAT(facts().poolers.at(Task::embed).kinds.value, ElementsAre(PoolerKind::cls, PoolerKind::mean));
}

TEST_F(ModelDir, a_pooling_config_without_any_mode_means_mean) {
  TinyBertOptions options;
  options.old_spelling = true;
  write(options);
  write_json("1_Pooling/config.json", {{"word_embedding_dimension", 32}});
  EXPECT_THAT(facts().poolers.at(Task::embed).kinds.value, ElementsAre(PoolerKind::mean));
}

TEST_F(ModelDir, dense_layers_change_the_width) {
  TinyBertOptions options;
  options.pooling = {"cls", "mean"};
  options.dense = {{48, "torch.nn.modules.activation.GELU", true}, {12, "torch.nn.modules.linear.Identity", false}};
  write(options);
  const auto read = facts();
  EXPECT_EQ(read.output_size, 12u);
  EXPECT_EQ(read.poolers.at(Task::embed).head_in, 64u);
  EXPECT_EQ(read.poolers.at(Task::token_embed).width, 32u);
}

// Trap: what cannot be loaded or understood is an error before anything runs, never skipped.
TEST_F(ModelDir, broken_sentence_transformers_files_are_refused_by_name) {
  struct Case {
    std::function<void()> spoil;
    const char* complaint;
  };
  const auto module = [&](size_t index, const char* type) {
    Json modules = read_json("modules.json");
    modules[index]["type"] = type;
    write_json("modules.json", modules);
  };
  const Case cases[] = {
      {[&] { module(1, "sentence_transformers.models.WeightedLayerPooling"); },
       "`[1].type` is `sentence_transformers.models.Weigh"},
      {[&] { module(1, "my_code.Pooling"); }, "`[1].type` is `my_code.Pooling`"},
      {[&] { module(0, "sentence_transformers.models.CLIPModel"); }, "`[0].type`"},
      {[&] { module(3, "sentence_transformers.models.LayerNorm"); }, "`[3].type`"},
      {[&] { module(3, "sentence_transformers.models.Pooling"); }, "`[3].type`"},
      {[&] { module(2, "sentence_transformers.models.Normalize"), module(3, "sentence_transformers.models.Dense"); },
       "`[3].type`"},
      {[&] {
         Json modules = read_json("modules.json");
         modules[1]["path"] = "../elsewhere";
         write_json("modules.json", modules);
       },
       "outside the model's directory"},
      {[&] {
         Json modules = read_json("modules.json");
         modules[0]["path"] = "0_Transformer";
         write_json("modules.json", modules);
       },
       "puts the transformer into `0_Transformer`"},
      {[&] { dir_.write("modules.json", "{"); }, "modules.json: not JSON"},
      {[&] { write_json("modules.json", Json::object()); }, "is not an array"},
      {[&] {
         write_json("modules.json", {{{"path", ""}}});
       },
       "`[0].type` is missing"},
      {[&] { std::filesystem::remove(dir_.path() / "1_Pooling/config.json"); },
       "1_Pooling/config.json: cannot be opened"},
      {[&] { change("1_Pooling/config.json", "embedding_dimension", 64); }, "`embedding_dimension` is 64"},
      {[&] { change("1_Pooling/config.json", "pooling_mode", "median"); }, "`pooling_mode` is `median`"},
      {[&] {
         write_json("1_Pooling/config.json", {{"pooling_mode_median_tokens", true}});
       },
       "`pooling_mode_median_tokens` is a pooling mode that weir does not know"},
      {[&] { change("2_Dense/config.json", "in_features", 31); }, "`in_features` is 31, the module before it gives 32"},
      {[&] { change("2_Dense/config.json", "activation_function", "my_code.Swoosh"); },
       "`activation_function` is `my_code.Swoosh`"},
      {[&] { change("2_Dense/config.json", "use_residual", true); }, "`use_residual` is true"},
      {[&] { change("2_Dense/config.json", "module_input_name", "token_embeddings"); }, "sentence_embedding only"},
      {[&] { change("3_Normalize/config.json", "module_input_name", "token_embeddings"); }, "sentence_embedding only"},
      {[&] { std::filesystem::remove(dir_.path() / "2_Dense/model.safetensors"); }, "2_Dense: no model.safetensors"},
      {[&] { dir_.write("2_Dense/model.safetensors", "garbage"); }, "2_Dense/model.safetensors"},
      {[&] {
         (void)golden::write_safetensors(dir_.path() / "2_Dense/model.safetensors", {{"linear.weight", {2}, {1, 2}}});
       },
       "`linear.weight` has shape [2]"},
      {[&] { change("sentence_bert_config.json", "max_seq_length", 0); }, "`max_seq_length` is 0"},
      {[&] {
         write_json("config_sentence_transformers.json", {{"prompts", {{"a", 1}}}});
       },
       "`prompts.a` is 1, not a string"},
      {[&] {
         write_json("config_sentence_transformers.json", {{"default_prompt_name", "q"}});
       },
       "`default_prompt_name` is `q`, which `prompts` does not name"},
      {[&] {
         std::filesystem::remove(dir_.path() / "sentence_bert_config.json"), dir_.write("tokenizer_config.json", "[1");
       },
       "tokenizer_config.json: not JSON"},
      {[&] { std::filesystem::remove(dir_.path() / "model.safetensors"); }, "no model.safetensors"},
  };
  for (const auto& one : cases) {
    TinyBertOptions options;
    options.dense = {{16, "torch.nn.modules.activation.Tanh", true}};
    write(options);
    for (const char* name : {"tokenizer_config.json", "config_sentence_transformers.json"})
      std::filesystem::remove(dir_.path() / name);
    ASSERT_EQ(complaint(), "none");
    one.spoil();
    EXPECT_THAT(complaint(), HasSubstr(one.complaint));
  }
}

TEST_F(ModelDir, dropout_does_nothing) {
  write();
  Json modules = read_json("modules.json");
  modules.push_back(
      {{"idx", 3}, {"name", "3"}, {"path", "3_Dropout"}, {"type", "sentence_transformers.models.Dropout"}});
  write_json("modules.json", modules);
  EXPECT_EQ(complaint(), "none");
}

TEST_F(ModelDir, prompts_and_their_default_are_read) {
  write();
  write_json(
      "config_sentence_transformers.json",
      {{"prompts", {{"query", "query: "}, {"document", ""}}}, {"default_prompt_name", "query"}, {"truncate_dim", 16}});
  const auto read = facts();
  EXPECT_EQ(read.prompts.at("query"), "query: ");
  EXPECT_EQ(read.default_prompt, "query");
  EXPECT_EQ(read.poolers.at(Task::embed).dimensions.value, 16u);
  EXPECT_EQ(read.poolers.at(Task::embed).dimensions.origin, Origin::sentence_transformers);
}

TEST_F(ModelDir, prompts_may_take_no_part_in_pooling) {
  write();
  const auto with = facts();
  EXPECT_TRUE(with.include_prompt);
  change("1_Pooling/config.json", "include_prompt", false);
  const auto without = facts();
  EXPECT_FALSE(without.include_prompt);
  EXPECT_NE(with.digest, without.digest);
}

}  // namespace
}  // namespace weir
