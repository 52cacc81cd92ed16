#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/task.hpp"
#include "tests/golden/tiny_bert.hpp"

namespace weir::golden {

// One model input.
struct GoldenSequence {
  std::vector<int32_t> ids, type_ids;
};

// What the reference computed in fp64, rounded to float32: rows of `dim` columns, one after the other.
struct GoldenRows {
  size_t dim = 0;
  std::vector<float> values;
  double fp32_error = 0;  // the reference's own fp32 run against its fp64 run

  // Twice the reference's own error, and never less than 8 units in the last place of the largest value (of 1 if that
  // is larger: states inside a model are of that size). On a handful of rows the reference's error is itself a small
  // sample.
  double tolerance() const;
};

struct GoldenPooled {
  PoolingParams params;
  GoldenRows rows;
};

struct GoldenCase {
  std::string name;
  TinyBertOptions model;
  std::vector<GoldenSequence> sequences;
  GoldenRows hidden;  // of every token; empty when only pooled rows are given
  std::vector<GoldenPooled> pooled;
};

// tests/golden/<name>; throws std::runtime_error when it cannot be read.
std::vector<GoldenCase> load_cases(const std::string& name);

struct GoldenTexts {
  std::string prompt;          // before every text
  uint32_t prompt_length = 0;  // its tokens, which take no part in pooling
  std::vector<std::string> texts;
  std::vector<GoldenSequence> sequences;  // as the model's own tokenizer encodes the texts
  GoldenRows embeddings;
};
GoldenTexts load_minilm();
GoldenTexts load_minilm_with_a_prompt();

// all-MiniLM-L6-v2 of 3 000 documents, each as a few projections of its vector (generate_documents.py): all of a vector
// takes part in each.
struct GoldenDocuments {
  size_t count = 0;
  std::unordered_map<uint64_t, size_t> by_text;  // FNV-1a of the text
  GoldenRows projections;

  // The largest distance of a vector's projections from the reference's; none: this text is not among them.
  std::optional<double> error(const std::string& text, const std::vector<float>& vector) const;
};
GoldenDocuments load_documents();

// The unpacked all-MiniLM-L6-v2: $WEIR_CACHE/models or <source>/.cache/models. Throws with what to run when it is
// absent.
std::filesystem::path minilm_dir();

}  // namespace weir::golden
