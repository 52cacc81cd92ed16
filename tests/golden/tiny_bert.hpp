#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "tests/golden/random_weights.hpp"

namespace weir::golden {

enum class TinyHead : uint8_t { embed, masked_lm, classify, score, token_classify };

// A sentence-transformers Dense module.
struct TinyDense {
  uint32_t out = 16;
  std::string activation = "torch.nn.modules.activation.Tanh";
  bool bias = true;
};

// A small BERT with random weights and a complete model directory, as transformers and sentence-transformers write one.
struct TinyBertOptions {
  TinyHead head = TinyHead::embed;
  uint32_t hidden = 32;
  uint32_t layers = 2;
  uint32_t heads = 2;
  uint32_t intermediate = 64;
  uint32_t max_positions = 512;
  uint32_t type_vocab = 2;
  uint32_t vocab_size = 1000;  // the vocabulary directory's own size wins
  std::string hidden_act = "gelu";
  double layer_norm_eps = 1e-12;
  uint64_t seed = 1;

  uint32_t labels = 2;        // classify, token_classify; score has one
  std::string problem_type;   // empty: not in config.json
  std::string ce_activation;  // config.json sentence_transformers.activation_fn
  bool prefix = false;        // embed: weights named "bert.*", as a model with a head stores them
  bool old_spelling = false;  // config.json and module types as releases before transformers 5 wrote them

  bool sentence_transformers = true;            // embed, masked_lm: modules.json and its modules
  std::vector<std::string> pooling = {"mean"};  // sentence-transformers' names: cls, mean, max, lasttoken, ...
  std::vector<TinyDense> dense;
  bool normalize = true;
  uint32_t max_seq_length = 256;
  std::vector<uint32_t> matryoshka;  // config.json matryoshka_dimensions

  std::filesystem::path vocabulary;  // model directory whose vocab.txt and tokenizer files are copied; empty: none
};

// Writes the directory (made when absent). The errors are those of the file system.
Result<void> write_tiny_bert(const std::filesystem::path& dir, const TinyBertOptions& options);

// The weights that it writes, in the order of the file.
std::vector<NamedTensor> tiny_bert_weights(const TinyBertOptions& options);

// Any tensors as a safetensors file of F32.
Result<void> write_safetensors(const std::filesystem::path& file, const std::vector<NamedTensor>& tensors);

}  // namespace weir::golden
