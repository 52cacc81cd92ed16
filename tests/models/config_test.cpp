#include "models/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/golden/golden.hpp"
#include "tests/golden/temp_dir.hpp"

namespace weir {
namespace {

using golden::TempDir;
using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::json;

Json bert(const char* architecture = "BertModel") {
  return {{"architectures", {architecture}},
          {"model_type", "bert"},
          {"vocab_size", 100},
          {"hidden_size", 32},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 4},
          {"intermediate_size", 64},
          {"layer_norm_eps", 1e-12},
          {"max_position_embeddings", 128},
          {"type_vocab_size", 2},
          {"hidden_act", "gelu_new"}};
}

Result<ModelConfig> read(const Json& json) {
  TempDir dir;
  dir.write("config.json", json.dump());
  return read_model_config(dir.path());
}

TEST(Config, reads_a_bert) {
  const auto config = read(bert());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->architecture, "BertModel");
  EXPECT_EQ(config->hidden_size, 32u);
  EXPECT_EQ(config->head_dim(), 8u);
  EXPECT_EQ(config->max_positions, 128u);
  EXPECT_EQ(config->hidden_act, kernels::Activation::gelu_tanh);
  EXPECT_EQ(config->head, ModelHead::none);
  EXPECT_TRUE(config->labels.empty());
}

TEST(Config, reads_the_real_all_minilm) {
  const auto config = read_model_config(golden::minilm_dir());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->hidden_size, 384u);
  EXPECT_EQ(config->layers, 6u);
}

TEST(Config, a_file_without_architectures_falls_back_on_its_model_type) {
  auto json = bert();
  json.erase("architectures");
  EXPECT_EQ(read(json).value().architecture, "BertModel");
}

TEST(Config, reads_labels_in_the_order_of_their_ids) {
  auto json = bert("BertForSequenceClassification");
  for (int i = 0; i < 12; ++i) json["id2label"][std::to_string(i)] = "L" + std::to_string(i);
  auto config = read(json);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->labels.size(), 12u);
  EXPECT_EQ(config->labels[10], "L10");
  EXPECT_EQ(config->labels[2], "L2");

  json.erase("id2label");
  EXPECT_THAT(read(json).value().labels, ElementsAre("LABEL_0", "LABEL_1"));
  json["num_labels"] = 1;
  EXPECT_THAT(read(json).value().labels, ElementsAre("LABEL_0"));
}

TEST(Config, reads_what_cross_encoders_wrote_of_their_activation) {
  auto json = bert("BertForSequenceClassification");
  json["sbert_ce_default_activation_function"] = "torch.nn.modules.linear.Identity";
  EXPECT_EQ(read(json).value().cross_encoder_activation, "torch.nn.modules.linear.Identity");
  json["sentence_transformers"] = {{"activation_fn", "torch.nn.modules.activation.Sigmoid"}};
  EXPECT_EQ(read(json).value().cross_encoder_activation, "torch.nn.modules.activation.Sigmoid");
}

TEST(Config, reads_matryoshka_sizes) {
  auto json = bert();
  json["matryoshka_dimensions"] = {32, 8};
  const auto config = read(json).value();
  EXPECT_TRUE(config.is_matryoshka);
  EXPECT_THAT(config.matryoshka_dimensions, ElementsAre(8, 32));
}

struct Wrong {
  const char* name;
  const char* architecture;
  const char* key;
  Json value;
  const char* complaint;
};

class WrongConfig : public testing::TestWithParam<Wrong> {};

TEST_P(WrongConfig, is_refused_with_the_field) {
  const auto& wrong = GetParam();
  auto json = bert(wrong.architecture);
  json[wrong.key] = wrong.value;
  const auto config = read(json);
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("config.json: "));
  EXPECT_THAT(config.error().message, HasSubstr(wrong.complaint));
}

const char* const classifier = "BertForSequenceClassification";
INSTANTIATE_TEST_SUITE_P(
    Config, WrongConfig,
    testing::Values(
        Wrong{"unknown_architecture", "LlamaModel", "model_type", "llama",
              "`LlamaModel` is not one that weir computes; it knows BertModel"},
        Wrong{"other_model_type", "BertModel", "model_type", "roberta", "`model_type` is `roberta`"},
        Wrong{"no_hidden_size", "BertModel", "hidden_size", nullptr, "`hidden_size` is missing"},
        Wrong{"zero_layers", "BertModel", "num_hidden_layers", 0, "`num_hidden_layers` is 0, allowed are 1"},
        Wrong{"negative_vocab", "BertModel", "vocab_size", -5, "`vocab_size` is -5"},
        Wrong{"text_size", "BertModel", "hidden_size", "32", "not a whole number"},
        Wrong{"heads_do_not_divide", "BertModel", "num_attention_heads", 5, "does not divide hidden_size 32"},
        Wrong{"huge_heads", "BertModel", "hidden_size", 4096, "heads of 1024 dimensions"},
        Wrong{"relative_positions", "BertModel", "position_embedding_type", "relative_key",
              "weir computes absolute positions"},
        Wrong{"decoder", "BertModel", "is_decoder", true, "`is_decoder` is true"},
        Wrong{"cross_attention", "BertModel", "add_cross_attention", true, "`add_cross_attention` is true"},
        Wrong{"pruned", "BertModel", "pruned_heads", Json{{"0", {1}}}, "`pruned_heads` names heads"},
        Wrong{"activation", "BertModel", "hidden_act", "mish", "`hidden_act` is `mish`; weir knows gelu"},
        Wrong{"quantized", "BertModel", "quantization_config", Json{{"bits", 4}}, "float weights only"},
        Wrong{"label_index", classifier, "id2label", Json{{"0", "a"}, {"2", "b"}}, "`id2label.2` is no index below 2"},
        Wrong{"label_name", classifier, "id2label", Json{{"x", "a"}}, "`id2label.x` is no index"},
        Wrong{"label_type", classifier, "id2label", Json{{"0", 5}}, "`id2label.0` is 5, not a string"},
        Wrong{"no_label", classifier, "id2label", Json::object(), "names no label"},
        Wrong{"problem_type", classifier, "problem_type", "ranking", "`problem_type` is `ranking`"},
        Wrong{"matryoshka", "BertModel", "matryoshka_dimensions", {8, 0}, "`matryoshka_dimensions` holds 0"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Config, an_absent_directory_or_file_is_named) {
  EXPECT_THAT(read_model_config("/nonexistent").error().message, HasSubstr("/nonexistent: no such model directory"));
  TempDir dir;
  EXPECT_THAT(read_model_config(dir.path()).error().message, HasSubstr("config.json: cannot be opened"));
}

}  // namespace
}  // namespace weir
