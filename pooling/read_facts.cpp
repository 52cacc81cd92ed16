#include "pooling/read_facts.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/config.hpp"
#include "models/json_reader.hpp"
#include "models/safetensors.hpp"
#include "pooling/sentence_transformers.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;
using Stores = std::vector<std::shared_ptr<const WeightStore>>;  // the model's, then its Dense modules'

// sentence_bert_config.json outranks the tokenizer, which outranks the position table; none reaches beyond the latter.
// tokenizer.json's own truncation is ignored, as sentence-transformers does (all-MiniLM-L6-v2 says 128 there and means
// 256).
Result<Setting<uint32_t>> read_max_tokens(const ModelConfig& config, const SentenceTransformers& files) {
  if (files.max_seq_length)
    return Setting<uint32_t>{std::min(*files.max_seq_length, config.max_positions), Origin::sentence_transformers};
  const fs::path file = config.dir / "tokenizer_config.json";
  std::error_code ignored;
  if (fs::exists(file, ignored)) {
    const auto json = JsonReader::open(file);
    if (!json) return fail(json.error());
    const double length = json->number("model_max_length", 0);  // "none" is written as 1e30
    if (auto error = json->error()) return fail(std::move(*error));
    if (length >= 1 && length <= config.max_positions)
      return Setting<uint32_t>{static_cast<uint32_t>(length), Origin::model_config};
  }
  return Setting<uint32_t>{config.max_positions, Origin::model_config};
}

// The end that transformers cuts: tokenizer_config.json's truncation_side, else what tokenizer.json was saved with (of
// its truncation the direction is all that transformers keeps).
Result<Setting<bool>> read_truncate_start(const fs::path& dir) {
  const auto read = [&dir](const char* name, const char* object, const char* key,
                           std::string_view left) -> Result<std::optional<bool>> {
    std::error_code ignored;
    if (!fs::exists(dir / name, ignored)) return std::optional<bool>{};
    auto json = JsonReader::open(dir / name);
    if (!json) return fail(json.error());
    const auto settings = *object ? json->object(object) : *json;
    if (!settings.has(key)) return std::optional<bool>{};
    const auto side = settings.text(key);
    if (auto error = json->error()) return fail(std::move(*error));
    return std::optional<bool>(side == left);
  };
  for (const auto& [name, object, key, left] : {std::array{"tokenizer_config.json", "", "truncation_side", "left"},
                                                std::array{"tokenizer.json", "truncation", "direction", "Left"}}) {
    const auto side = read(name, object, key, left);
    if (!side) return fail(side.error());
    if (*side) return Setting<bool>{**side, Origin::model_config};
  }
  return Setting<bool>{};
}

// The weights and every setting that changes what they compute. config.json counts as parsed: white space does not
// matter.
std::string digest(const ModelFacts& facts, const SentenceTransformers& files, const Stores& stores) {
  std::string text = JsonReader::open(fs::path(facts.path) / "config.json").value().dump();
  for (const auto& store : stores) text += fmt::format("|{:x}", store->fingerprint());
  for (const auto& dense : files.dense) text += to_string(dense.layer.activation);
  for (const auto& [task, pooler] : facts.poolers) {
    text += fmt::format("|{} {} {} {}", to_string(task), pooler.use_activation.value,
                        to_string(pooler.activation.value), pooler.dimensions.value);
    for (PoolerKind kind : pooler.kinds.value) text += to_string(kind);
  }
  if (!facts.include_prompt) text += "|without prompt";
  return fmt::format("{:016x}", hash_bytes(std::as_bytes(std::span(text))));
}

Result<Stores> open_stores(const fs::path& dir, const SentenceTransformers& files) {
  Stores stores;
  const auto store = WeightStore::open(dir);
  if (!store) return fail(store.error());
  stores.push_back(*store);
  for (const auto& dense : files.dense) {
    const auto weights = WeightStore::open(dense.dir);
    if (!weights) return fail(weights.error());
    const int64_t shape[] = {dense.layer.out, dense.layer.in};
    if (auto readable = (*weights)->check("linear.weight", shape); !readable) return fail(readable.error());
    stores.push_back(*weights);
  }
  return stores;
}

}  // namespace

Result<ModelFacts> read_model_facts(const fs::path& dir, const PoolerOverrides& overrides) {
  const auto config = read_model_config(dir);
  if (!config) return fail(config.error());
  const auto files = read_sentence_transformers(dir, config->hidden_size);
  if (!files) return fail(files.error());
  const auto stores = open_stores(dir, *files);
  if (!stores) return fail(stores.error());
  const auto max_tokens = read_max_tokens(*config, *files);
  if (!max_tokens) return fail(max_tokens.error());
  const auto truncate_start = read_truncate_start(dir);
  if (!truncate_start) return fail(truncate_start.error());

  ModelFacts facts;
  facts.name = (dir / "").lexically_normal().parent_path().filename().string();
  facts.path = dir.string();
  facts.architecture = config->architecture;
  facts.hidden_size = config->hidden_size;
  facts.layers = config->layers;
  facts.max_tokens = *max_tokens;
  facts.truncate_start = *truncate_start;
  facts.max_positions = config->max_positions;
  facts.vocab_size = config->vocab_size;
  facts.type_vocab_size = config->type_vocab_size;
  facts.is_matryoshka = config->is_matryoshka;
  facts.matryoshka = config->matryoshka_dimensions;
  facts.prompts = files->prompts;
  facts.default_prompt = files->default_prompt_name;
  facts.lower_case = files->do_lower_case;
  for (const auto& store : *stores) facts.weight_bytes_fp32 += store->elements() * sizeof(float);
  facts.stored_dtype = stores->front()->stored_dtype();
  if (auto chosen = choose_poolers(*config, *files, facts); !chosen) return fail(chosen.error());
  if (auto applied = apply_overrides(overrides, dir.string(), facts); !applied) return fail(applied.error());
  facts.digest = digest(facts, *files, *stores);
  return facts;
}

}  // namespace weir
