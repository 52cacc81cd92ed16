#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/dtype.hpp"
#include "base/task.hpp"

namespace weir {

// Where a setting came from, strongest first. `weir inspect` prints it beside every value.
enum class Origin : uint8_t { request, yaml, sentence_transformers, model_config, model_class, task_default };

std::string_view to_string(Origin origin);

template <typename T>
struct Setting {
  T value{};
  Origin origin = Origin::task_default;
};

// What `use_activation` applies to a pooled row, after its Dense layers or its head.
enum class OutputActivation : uint8_t { identity, l2_normalize, sigmoid, softmax };

std::string_view to_string(OutputActivation activation);

// The pooler that a model gets for one task, field by field.
struct PoolerFacts {
  Setting<std::vector<PoolerKind>> kinds;  // several are concatenated, in this order
  Setting<bool> use_activation;
  Setting<OutputActivation> activation;  // what use_activation applies
  Setting<uint32_t> dimensions;          // default matryoshka size; 0 = all
  uint32_t width = 0;                    // columns of a pooled row before `dimensions` cuts it
  uint32_t head_in = 0;                  // columns that its Dense layers or head take; 0: it has none
};

// How a pair is scored: by a one-label head that reads query and document as one sequence, or by the cosine of two
// embeddings.
enum class ScoreMethod : uint8_t { cross_encoder, bi_encoder };

std::string_view to_string(ScoreMethod method);

// All that planning needs to know about a model directory without computing: plain data, no weights.
struct ModelFacts {
  std::string name;          // last component of the directory
  std::string path;          // directory
  std::string architecture;  // "BertModel", as config.json says
  std::string digest;        // identifies weights and settings; in every outcome as model_digest
  std::vector<Task> tasks;   // what it can do; the first is its default
  uint32_t hidden_size = 0;
  uint32_t output_size = 0;  // width of one pooled row for the default task
  uint32_t layers = 0;
  Setting<uint32_t> max_tokens;  // longest sequence, special tokens included
  Setting<bool> truncate_start;  // a long text loses its start, not its end, unless it is said otherwise
  uint32_t max_positions = 0;    // rows of the position table: no sequence can ever be longer
  uint32_t vocab_size = 0;
  uint32_t type_vocab_size = 0;
  std::vector<std::string> labels;   // id2label in order; empty for embedders
  std::vector<uint32_t> matryoshka;  // allowed dimensions; empty: any if `is_matryoshka`, else none
  bool is_matryoshka = false;
  std::map<std::string, std::string> prompts;  // config_sentence_transformers.json
  std::optional<std::string> default_prompt;   // its default_prompt_name
  bool include_prompt = true;  // false: the prompt's tokens take no part in pooling (1_Pooling/config.json)
  ScoreMethod score_method = ScoreMethod::bi_encoder;  // of task score
  std::map<Task, PoolerFacts> poolers;
  bool lower_case = false;  // sentence_bert_config.json do_lower_case
  uint64_t weight_bytes_fp32 = 0;
  DType stored_dtype = DType::float32;
};

}  // namespace weir
