#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "kernels/activation.hpp"

namespace weir {

// What stands on top of the encoder's hidden states in the weight file.
enum class ModelHead : uint8_t { none, sequence_classification, token_classification };

// How a classifier was trained, config.json's problem_type.
enum class ProblemType : uint8_t { unset, regression, single_label_classification, multi_label_classification };

// What config.json says, in the words that all families share. Plain data.
struct ModelConfig {
  std::filesystem::path dir;
  std::string architecture;  // "BertModel"
  ModelHead head = ModelHead::none;

  uint32_t vocab_size = 0;
  uint32_t type_vocab_size = 0;
  uint32_t max_positions = 0;  // rows of the position table
  uint32_t hidden_size = 0;
  uint32_t layers = 0;
  uint32_t heads = 0;
  uint32_t intermediate_size = 0;
  float layer_norm_eps = 1e-12f;
  kernels::Activation hidden_act = kernels::Activation::gelu_erf;

  std::vector<std::string> labels;  // of a head: id2label in order
  ProblemType problem_type = ProblemType::unset;
  std::string cross_encoder_activation;  // Python path, as sentence-transformers' CrossEncoder wrote it; or empty
  bool is_matryoshka = false;
  std::vector<uint32_t> matryoshka_dimensions;

  uint32_t head_dim() const { return hidden_size / heads; }
};

// Reads <dir>/config.json, both as transformers 5 and as older releases write it. Errors: not_found, corrupt (a field
// is missing or contradicts another), unsupported (an architecture or option that weir does not compute); the message
// names the file and the field, and what is known.
Result<ModelConfig> read_model_config(const std::filesystem::path& dir);

}  // namespace weir
