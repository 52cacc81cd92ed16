#include "tests/golden/tiny_bert.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::golden {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

bool has_head(const TinyBertOptions& o) { return o.head != TinyHead::embed; }
uint32_t label_count(const TinyBertOptions& o) { return o.head == TinyHead::score ? 1 : o.labels; }

// Collects tensors whose values follow from their name without the "bert." prefix, so that it changes names only.
class Weights {
 public:
  Weights(uint64_t seed, std::string prefix) : seed_(seed), prefix_(std::move(prefix)) {}

  void add(const std::string& name, std::vector<int64_t> shape, float amplitude, float offset = 0, bool head = false) {
    size_t count = 1;
    for (int64_t extent : shape) count *= static_cast<size_t>(extent);
    tensors_.push_back(
        {head ? name : prefix_ + name, std::move(shape), random_weights(name, seed_, count, amplitude, offset)});
  }
  void linear(const std::string& name, int64_t in, int64_t out, bool head = false) {
    add(name + ".weight", {out, in}, linear_amplitude(static_cast<uint64_t>(in)), 0, head);
    add(name + ".bias", {out}, 0.125f, 0, head);
  }
  void norm(const std::string& name, int64_t columns) {
    add(name + ".weight", {columns}, 0.25f, 1);
    add(name + ".bias", {columns}, 0.125f);
  }
  std::vector<NamedTensor> take() { return std::move(tensors_); }

 private:
  uint64_t seed_;
  std::string prefix_;
  std::vector<NamedTensor> tensors_;
};

Result<void> write_file(const fs::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return fail(ErrorCode::io_error, fmt::format("{}: cannot be written", file.string()));
  return {};
}

Result<void> write_json(const fs::path& file, const Json& json) { return write_file(file, json.dump(2) + "\n"); }

std::string architecture(const TinyBertOptions& o) {
  switch (o.head) {
    case TinyHead::embed: return "BertModel";
    case TinyHead::masked_lm: return "BertForMaskedLM";
    case TinyHead::classify:
    case TinyHead::score: return "BertForSequenceClassification";
    case TinyHead::token_classify: return "BertForTokenClassification";
  }
  return "";
}

Json config(const TinyBertOptions& o) {
  Json json{{"architectures", {architecture(o)}},
            {"model_type", "bert"},
            {o.old_spelling ? "torch_dtype" : "dtype", "float32"},
            {"attention_probs_dropout_prob", 0.1},
            {"hidden_act", o.hidden_act},
            {"hidden_dropout_prob", 0.1},
            {"hidden_size", o.hidden},
            {"intermediate_size", o.intermediate},
            {"layer_norm_eps", o.layer_norm_eps},
            {"max_position_embeddings", o.max_positions},
            {"num_attention_heads", o.heads},
            {"num_hidden_layers", o.layers},
            {"pad_token_id", 0},
            {"type_vocab_size", o.type_vocab},
            {"vocab_size", o.vocab_size}};
  if (o.old_spelling) json["position_embedding_type"] = "absolute";
  if (o.head == TinyHead::classify || o.head == TinyHead::score || o.head == TinyHead::token_classify) {
    for (uint32_t i = 0; i < label_count(o); ++i) {
      json["id2label"][fmt::to_string(i)] = fmt::format("LABEL_{}", i);
      json["label2id"][fmt::format("LABEL_{}", i)] = i;
    }
  }
  if (!o.problem_type.empty()) json["problem_type"] = o.problem_type;
  if (!o.ce_activation.empty())
    json["sentence_transformers"] = {{"activation_fn", o.ce_activation}, {"version", "6.2.0"}};
  if (!o.matryoshka.empty()) json["matryoshka_dimensions"] = o.matryoshka;
  return json;
}

Result<void> write_pooling(const fs::path& dir, const TinyBertOptions& o) {
  Json json;
  if (o.old_spelling) {
    json["word_embedding_dimension"] = o.hidden;
    const std::pair<const char*, const char*> keys[] = {{"cls", "pooling_mode_cls_token"},
                                                        {"mean", "pooling_mode_mean_tokens"},
                                                        {"max", "pooling_mode_max_tokens"},
                                                        {"mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"},
                                                        {"weightedmean", "pooling_mode_weightedmean_tokens"},
                                                        {"lasttoken", "pooling_mode_lasttoken"}};
    for (const auto& [mode, key] : keys)
      json[key] = std::find(o.pooling.begin(), o.pooling.end(), mode) != o.pooling.end();
  } else {
    json["embedding_dimension"] = o.hidden;
    if (o.pooling.size() == 1)
      json["pooling_mode"] = o.pooling[0];
    else
      json["pooling_mode"] = o.pooling;
    json["include_prompt"] = true;
  }
  return write_json(dir / "config.json", json);
}

Result<void> write_dense(const fs::path& dir, const TinyBertOptions& o, size_t index, uint32_t in) {
  const TinyDense& dense = o.dense[index];
  std::error_code ignored;
  fs::create_directories(dir, ignored);
  Weights weights(o.seed + 1000 + index, "");
  weights.add("linear.weight", {dense.out, in}, linear_amplitude(in));
  if (dense.bias) weights.add("linear.bias", {dense.out}, 0.125f);
  if (auto written = write_safetensors(dir / "model.safetensors", weights.take()); !written) return written;
  return write_json(dir / "config.json", {{"in_features", in},
                                          {"out_features", dense.out},
                                          {"bias", dense.bias},
                                          {"activation_function", dense.activation}});
}

Result<void> write_modules(const fs::path& dir, const TinyBertOptions& o) {
  const auto type = [&](std::string_view module, std::string_view old_name) {
    return o.old_spelling ? fmt::format("sentence_transformers.models.{}", old_name)
                          : fmt::format("sentence_transformers.{}.{}", module, old_name);
  };
  Json modules = Json::array();
  const auto add = [&](std::string path, std::string type_name) {
    modules.push_back({{"idx", modules.size()},
                       {"name", fmt::to_string(modules.size())},
                       {"path", std::move(path)},
                       {"type", std::move(type_name)}});
  };
  add("", type("base.modules.transformer", "Transformer"));
  add("1_Pooling", type("sentence_transformer.modules.pooling", "Pooling"));
  std::error_code ignored;
  fs::create_directories(dir / "1_Pooling", ignored);
  if (auto written = write_pooling(dir / "1_Pooling", o); !written) return written;
  uint32_t width = o.hidden * static_cast<uint32_t>(o.pooling.size());
  for (size_t i = 0; i < o.dense.size(); ++i) {
    const auto path = fmt::format("{}_Dense", modules.size());
    add(path, type("base.modules.dense", "Dense"));
    if (auto written = write_dense(dir / path, o, i, width); !written) return written;
    width = o.dense[i].out;
  }
  if (o.normalize) {
    const auto path = fmt::format("{}_Normalize", modules.size());
    add(path, type("base.modules.normalize", "Normalize"));
    fs::create_directories(dir / path, ignored);
    if (!o.old_spelling)
      if (auto written = write_json(dir / path / "config.json", {{"module_input_name", "sentence_embedding"},
                                                                 {"module_output_name", "sentence_embedding"}});
          !written)
        return written;
  }
  if (auto written = write_json(dir / "modules.json", modules); !written) return written;
  return write_json(dir / "sentence_bert_config.json",
                    {{"max_seq_length", o.max_seq_length}, {"do_lower_case", false}});
}

// Copies the tokenizer of a real model and returns its number of tokens.
Result<uint32_t> copy_vocabulary(const fs::path& from, const fs::path& to) {
  uint32_t tokens = 0;
  for (const char* name : {"vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"}) {
    std::error_code error;
    if (!fs::exists(from / name, error) && std::string_view(name) != "vocab.txt") continue;
    fs::copy_file(from / name, to / name, fs::copy_options::overwrite_existing, error);
    if (error) return fail(ErrorCode::io_error, fmt::format("{}: {}", (from / name).string(), error.message()));
  }
  std::ifstream vocabulary(to / "vocab.txt");
  for (std::string line; std::getline(vocabulary, line);) ++tokens;
  return tokens;
}

}  // namespace

std::vector<NamedTensor> tiny_bert_weights(const TinyBertOptions& o) {
  const int64_t h = o.hidden;
  Weights weights(o.seed, has_head(o) || o.prefix ? "bert." : "");
  weights.add("embeddings.word_embeddings.weight", {o.vocab_size, h}, 1);
  weights.add("embeddings.position_embeddings.weight", {o.max_positions, h}, 0.5f);
  weights.add("embeddings.token_type_embeddings.weight", {o.type_vocab, h}, 0.5f);
  weights.norm("embeddings.LayerNorm", h);
  for (uint32_t i = 0; i < o.layers; ++i) {
    const auto layer = fmt::format("encoder.layer.{}.", i);
    for (const char* part : {"query", "key", "value"}) weights.linear(layer + "attention.self." + part, h, h);
    weights.linear(layer + "attention.output.dense", h, h);
    weights.norm(layer + "attention.output.LayerNorm", h);
    weights.linear(layer + "intermediate.dense", h, o.intermediate);
    weights.linear(layer + "output.dense", o.intermediate, h);
    weights.norm(layer + "output.LayerNorm", h);
  }
  if (o.head == TinyHead::embed || o.head == TinyHead::classify || o.head == TinyHead::score)
    weights.linear("pooler.dense", h, h);
  if (o.head == TinyHead::classify || o.head == TinyHead::score || o.head == TinyHead::token_classify)
    weights.linear("classifier", h, label_count(o), true);
  return weights.take();
}

Result<void> write_safetensors(const fs::path& file, const std::vector<NamedTensor>& tensors) {
  Json header{{"__metadata__", {{"format", "pt"}}}};
  uint64_t end = 0;
  for (const auto& tensor : tensors) {
    const uint64_t begin = end;
    end += tensor.values.size() * sizeof(float);
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const uint64_t length = text.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  bytes += text;
  for (const auto& tensor : tensors)
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float));
  return write_file(file, bytes);
}

Result<void> write_tiny_bert(const fs::path& dir, const TinyBertOptions& options) {
  TinyBertOptions o = options;
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) return fail(ErrorCode::io_error, fmt::format("{}: {}", dir.string(), error.message()));
  if (!o.vocabulary.empty()) {
    const auto tokens = copy_vocabulary(o.vocabulary, dir);
    if (!tokens) return fail(tokens.error());
    o.vocab_size = *tokens;
  }
  if (auto written = write_json(dir / "config.json", config(o)); !written) return written;
  if (auto written = write_safetensors(dir / "model.safetensors", tiny_bert_weights(o)); !written) return written;
  const bool modules = o.sentence_transformers && (o.head == TinyHead::embed || o.head == TinyHead::masked_lm);
  return modules ? write_modules(dir, o) : Result<void>{};
}

}  // namespace weir::golden
