#include "pooling/sentence_transformers.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "models/json_reader.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr int64_t most_features = 1 << 20;

// Names of pooling modes since 5.x, and the flags of releases before, both in the order in which the flags are
// concatenated.
struct PoolingMode {
  std::string_view name, flag;
  PoolerKind kind;
};
constexpr std::array<PoolingMode, 6> pooling_modes{{
    {"cls", "pooling_mode_cls_token", PoolerKind::cls},
    {"max", "pooling_mode_max_tokens", PoolerKind::max},
    {"mean", "pooling_mode_mean_tokens", PoolerKind::mean},
    {"mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", PoolerKind::mean_sqrt_len},
    {"weightedmean", "pooling_mode_weightedmean_tokens", PoolerKind::weighted_mean},
    {"lasttoken", "pooling_mode_lasttoken", PoolerKind::last},
}};

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

Result<void> outcome_of(const JsonReader& json) {
  if (auto error = json.error()) return fail(std::move(*error));
  return {};
}

// A width under its name of today or the one before 5.x.
void check_width(const JsonReader& json, uint32_t width) {
  for (const char* key : {"embedding_dimension", "word_embedding_dimension"}) {
    const auto stated = json.integer(key, 1, most_features, width);
    if (stated != width)
      json.complain(ErrorCode::corrupt, key, fmt::format("is {}, the model before it gives {}", stated, width));
  }
}

// `pooling_mode` of today, a name or a list of names.
void read_mode_names(const JsonReader& json, SentenceTransformers& out) {
  for (const auto& name : json.texts("pooling_mode")) {
    const auto mode =
        std::find_if(pooling_modes.begin(), pooling_modes.end(), [&](const auto& m) { return m.name == name; });
    if (mode == pooling_modes.end())
      json.complain(
          ErrorCode::unsupported, "pooling_mode",
          fmt::format("is `{}`; known are cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken", name));
    else
      out.kinds.push_back(mode->kind);
  }
}

// The flags of older releases, which `pooling_mode` outranks.
void read_mode_flags(const JsonReader& json, SentenceTransformers& out) {
  for (const auto& key : json.keys()) {
    const bool known =
        std::any_of(pooling_modes.begin(), pooling_modes.end(), [&](const auto& m) { return m.flag == key; });
    if (key.starts_with("pooling_mode_") && !known)
      json.complain(ErrorCode::unsupported, key, "is a pooling mode that weir does not know");
  }
  for (const auto& mode : pooling_modes)
    if (json.flag(mode.flag, false)) out.kinds.push_back(mode.kind);
  if (out.kinds.empty()) out.kinds = {PoolerKind::mean};
}

Result<void> read_pooling(const fs::path& dir, uint32_t hidden_size, SentenceTransformers& out) {
  const auto json = JsonReader::open(dir / "config.json");
  if (!json) return fail(json.error());
  check_width(*json, hidden_size);
  if (json->has("pooling_mode"))
    read_mode_names(*json, out);
  else
    read_mode_flags(*json, out);
  out.include_prompt = json->flag("include_prompt", true);
  out.has_pooling = true;
  return outcome_of(*json);
}

void expect_on_sentence(const JsonReader& json) {
  for (const char* key : {"module_input_name", "module_output_name"})
    if (const auto name = json.text(key, "sentence_embedding"); name != "sentence_embedding")
      json.complain(ErrorCode::unsupported, key,
                    fmt::format("is `{}`; weir applies it to sentence_embedding only", name));
}

Result<void> read_dense(const fs::path& dir, uint32_t width, SentenceTransformers& out) {
  const auto json = JsonReader::open(dir / "config.json");
  if (!json) return fail(json.error());
  DenseModule dense{dir, {"linear", 0, 0, kernels::Activation::tanh}};
  dense.layer.in = static_cast<uint32_t>(json->integer("in_features", 1, most_features));
  dense.layer.out = static_cast<uint32_t>(json->integer("out_features", 1, most_features));
  if (dense.layer.in != width)
    json->complain(ErrorCode::corrupt, "in_features",
                   fmt::format("is {}, the module before it gives {}", dense.layer.in, width));
  const auto path = json->text("activation_function", "torch.nn.modules.activation.Tanh");
  const auto activation = activation_from_path(path);
  if (!activation)
    json->complain(ErrorCode::unsupported, "activation_function",
                   fmt::format("is `{}`, which weir does not know", path));
  dense.layer.activation = activation.value_or(kernels::Activation::none);
  if (json->flag("use_residual", false))
    json->complain(ErrorCode::unsupported, "use_residual", "is true; weir adds no residual");
  expect_on_sentence(*json);
  out.dense.push_back(std::move(dense));
  return outcome_of(*json);
}

Result<void> read_normalize(const fs::path& dir, SentenceTransformers& out) {
  out.normalize = true;
  if (!is_there(dir / "config.json")) return {};  // releases before 5.x wrote an empty folder
  const auto json = JsonReader::open(dir / "config.json");
  if (!json) return fail(json.error());
  expect_on_sentence(*json);
  return outcome_of(*json);
}

// "sentence_transformers.models.Pooling" and "sentence_transformers.sentence_transformer.modules.pooling.Pooling" are
// one class.
std::string module_class(const std::string& type) {
  if (!type.starts_with("sentence_transformers.")) return "";
  return type.substr(type.rfind('.') + 1);
}

// One entry of modules.json; `width` is what the modules before it give, and then what it gives.
Result<void> read_module(const JsonReader& module, const fs::path& root, bool first, uint32_t hidden_size,
                         uint32_t& width, SentenceTransformers& out) {
  const std::string type = module.text("type"), path = module.text("path"), name = module_class(type);
  if (fs::path(path).is_absolute() || path.find("..") != std::string::npos)
    module.complain(ErrorCode::corrupt, "path", fmt::format("is `{}`, outside the model's directory", path));
  if (module.error()) return {};
  if ((name == "Transformer" || name == "BERT") && first) {
    if (!path.empty())
      module.complain(
          ErrorCode::unsupported, "path",
          fmt::format("puts the transformer into `{}`: move its files up into the model's directory", path));
    return {};
  }
  if (name == "Pooling" && !out.has_pooling) {
    auto read = read_pooling(root / path, hidden_size, out);
    width = hidden_size * static_cast<uint32_t>(out.kinds.size());
    return read;
  }
  if (name == "Dense" && out.has_pooling && !out.normalize) {
    auto read = read_dense(root / path, width, out);
    if (read) width = out.dense.back().layer.out;
    return read;
  }
  if (name == "Normalize" && out.has_pooling) return read_normalize(root / path, out);
  if (name == "Dropout") return {};  // does nothing at inference
  module.complain(ErrorCode::unsupported, "type",
                  fmt::format("is `{}`; weir computes Transformer, Pooling, Dense and Normalize, in this order", type));
  return {};
}

Result<void> read_modules(const fs::path& file, uint32_t hidden_size, SentenceTransformers& out) {
  const auto json = JsonReader::open(file);
  if (!json) return fail(json.error());
  uint32_t width = hidden_size;
  bool first = true;
  for (const auto& module : json->objects()) {
    if (auto read = read_module(module, file.parent_path(), first, hidden_size, width, out); !read) return read;
    first = false;
  }
  return outcome_of(*json);
}

Result<void> read_transformer_config(const fs::path& dir, SentenceTransformers& out) {
  for (const char* name :
       {"sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
        "sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json"}) {
    if (!is_there(dir / name)) continue;
    const auto json = JsonReader::open(dir / name);
    if (!json) return fail(json.error());
    if (json->has("max_seq_length"))
      out.max_seq_length = static_cast<uint32_t>(json->integer("max_seq_length", 1, most_features));
    out.do_lower_case = json->flag("do_lower_case", false);
    return outcome_of(*json);
  }
  return {};
}

Result<void> read_model_settings(const fs::path& file, SentenceTransformers& out) {
  if (!is_there(file)) return {};
  const auto json = JsonReader::open(file);
  if (!json) return fail(json.error());
  const auto prompts = json->object("prompts");
  for (const auto& name : prompts.keys()) out.prompts[name] = prompts.text(name);
  if (json->has("default_prompt_name")) {
    out.default_prompt_name = json->text("default_prompt_name");
    if (!out.prompts.contains(*out.default_prompt_name))
      json->complain(ErrorCode::corrupt, "default_prompt_name",
                     fmt::format("is `{}`, which `prompts` does not name", *out.default_prompt_name));
  }
  out.truncate_dim = static_cast<uint32_t>(json->integer("truncate_dim", 1, most_features, 0));
  out.activation_fn = json->text("activation_fn", "");
  return outcome_of(*json);
}

}  // namespace

std::optional<kernels::Activation> activation_from_path(std::string_view python_path) {
  if (!python_path.starts_with("torch.nn.")) return std::nullopt;
  return kernels::activation_from_config(python_path.substr(python_path.rfind('.') + 1));
}

Result<SentenceTransformers> read_sentence_transformers(const fs::path& dir, uint32_t hidden_size) {
  SentenceTransformers out;
  if (is_there(dir / "modules.json"))
    if (auto read = read_modules(dir / "modules.json", hidden_size, out); !read) return fail(read.error());
  if (auto read = read_transformer_config(dir, out); !read) return fail(read.error());
  if (auto read = read_model_settings(dir / "config_sentence_transformers.json", out); !read) return fail(read.error());
  return out;
}

}  // namespace weir
