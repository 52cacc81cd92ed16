#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "models/encoder.hpp"

namespace weir {

// A sentence-transformers Dense module: its weights are `linear.*` of <dir>/model.safetensors.
struct DenseModule {
  std::filesystem::path dir;
  HeadLayer layer;
};

// What the sentence-transformers files of a model directory say; sentence-transformers 6 is the reference for what they
// mean, and the files of its older releases read alike. Plain data.
struct SentenceTransformers {
  bool has_pooling = false;       // modules.json has a Pooling module: the fields up to `normalize` count
  std::vector<PoolerKind> kinds;  // in the order in which they are concatenated
  bool include_prompt = true;
  std::vector<DenseModule> dense;  // applied to the pooled row, in order
  bool normalize = false;

  std::optional<uint32_t> max_seq_length;          // sentence_bert_config.json
  bool do_lower_case = false;                      // the same
  std::map<std::string, std::string> prompts;      // config_sentence_transformers.json
  std::optional<std::string> default_prompt_name;  // the same
  uint32_t truncate_dim = 0;                       // the same; 0: none
  std::string activation_fn;                       // the same, of a CrossEncoder; Python path or empty
};

// Reads modules.json and what it names, sentence_bert_config.json and its older siblings,
// config_sentence_transformers.json; all are optional. `hidden_size` is the encoder's. Errors: corrupt, unsupported (a
// module, an arrangement of modules or an activation that weir does not compute: never skipped); the message names file
// and field.
Result<SentenceTransformers> read_sentence_transformers(const std::filesystem::path& dir, uint32_t hidden_size);

// The activation behind a Python path such as "torch.nn.modules.activation.Tanh".
std::optional<kernels::Activation> activation_from_path(std::string_view python_path);

}  // namespace weir
