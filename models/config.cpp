#include "models/config.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/json_reader.hpp"
#include "models/registry.hpp"

namespace weir {
namespace {

// The architecture that a config.json names; a file without names falls back on its model_type, as transformers'
// AutoModel does.
const Architecture* choose_architecture(const JsonReader& json, std::string& asked) {
  const auto names = json.texts("architectures");
  const std::string model_type = json.text("model_type", "");
  asked = names.empty() ? model_type : names.front();
  for (const auto& architecture : architectures())
    if (architecture.name == asked || (names.empty() && architecture.model_type == asked)) return &architecture;
  return nullptr;
}

std::optional<size_t> label_index(const std::string& key, size_t count) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error != std::errc{} || end != key.data() + key.size() || index >= count) return std::nullopt;
  return index;
}

// id2label wins; without it the labels are LABEL_0.. of num_labels, which transformers takes to be 2.
void read_labels(const JsonReader& json, ModelConfig& config) {
  constexpr int64_t most_labels = 1 << 20;
  if (!json.has("id2label")) {
    const auto old = json.integer("_num_labels", 1, most_labels, 2);
    const auto count = json.integer("num_labels", 1, most_labels, old);
    for (int64_t i = 0; i < count; ++i) config.labels.push_back(fmt::format("LABEL_{}", i));
    return;
  }
  const auto map = json.object("id2label");
  const auto keys = map.keys();
  config.labels.resize(keys.size());
  for (const auto& key : keys) {
    if (const auto index = label_index(key, keys.size()))
      config.labels[*index] = map.text(key);
    else
      map.complain(ErrorCode::corrupt, key, fmt::format("is no index below {}", keys.size()));
  }
  if (keys.empty()) json.complain(ErrorCode::corrupt, "id2label", "names no label");
  if (json.has("num_labels") && json.integer("num_labels") != static_cast<int64_t>(keys.size()))
    json.complain(ErrorCode::corrupt, "num_labels", fmt::format("contradicts the {} entries of id2label", keys.size()));
}

void read_head(const JsonReader& json, ModelConfig& config) {
  if (config.head == ModelHead::none) return;
  read_labels(json, config);
  const std::string problem = json.text("problem_type", "");
  if (problem == "regression")
    config.problem_type = ProblemType::regression;
  else if (problem == "single_label_classification")
    config.problem_type = ProblemType::single_label_classification;
  else if (problem == "multi_label_classification")
    config.problem_type = ProblemType::multi_label_classification;
  else if (!problem.empty())
    json.complain(
        ErrorCode::unsupported, "problem_type",
        fmt::format("is `{}`; known are regression, single_label_classification, multi_label_classification", problem));
  config.cross_encoder_activation = json.object("sentence_transformers").text("activation_fn", "");
  if (config.cross_encoder_activation.empty())  // sentence-transformers before 4.0
    config.cross_encoder_activation = json.text("sbert_ce_default_activation_function", "");
}

void read_matryoshka(const JsonReader& json, ModelConfig& config) {
  config.is_matryoshka = json.flag("is_matryoshka", false);
  for (int64_t dimension : json.integers("matryoshka_dimensions")) {
    if (dimension < 1 || dimension > 1 << 20)
      json.complain(ErrorCode::corrupt, "matryoshka_dimensions", fmt::format("holds {}", dimension));
    config.matryoshka_dimensions.push_back(static_cast<uint32_t>(dimension));
  }
  std::sort(config.matryoshka_dimensions.begin(), config.matryoshka_dimensions.end());
  if (!config.matryoshka_dimensions.empty()) config.is_matryoshka = true;
}

}  // namespace

Result<ModelConfig> read_model_config(const std::filesystem::path& dir) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(dir, ignored))
    return fail(ErrorCode::not_found, fmt::format("{}: no such model directory", dir.string()));
  const auto json = JsonReader::open(dir / "config.json");
  if (!json) return fail(json.error());

  std::string asked;
  const Architecture* architecture = choose_architecture(*json, asked);
  if (const auto error = json->error()) return fail(*error);
  if (!architecture) {
    std::vector<std::string_view> names;
    for (const auto& one : architectures()) names.push_back(one.name);
    return fail(ErrorCode::unsupported, fmt::format("{}: architecture `{}` is not one that weir computes; it knows {}",
                                                    json->place(), asked, fmt::join(names, ", ")));
  }
  ModelConfig config;
  config.dir = dir;
  config.architecture = std::string(architecture->name);
  config.head = architecture->head;
  if (json->has("model_type") && json->text("model_type") != architecture->model_type)
    json->complain(ErrorCode::unsupported, "model_type",
                   fmt::format("is `{}`, {} goes with `{}`", json->text("model_type"), architecture->name,
                               architecture->model_type));
  if (json->has("quantization_config"))
    json->complain(ErrorCode::unsupported, "quantization_config", "is present: weir reads float weights only");
  architecture->read(*json, config);
  read_head(*json, config);
  read_matryoshka(*json, config);
  if (const auto error = json->error()) return fail(*error);
  return config;
}

}  // namespace weir
