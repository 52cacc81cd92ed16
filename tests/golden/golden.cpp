#include "tests/golden/golden.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace weir::golden {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

Json load(const std::string& name) {
  const fs::path file = fs::path(WEIR_SOURCE_DIR) / "tests/golden" / name;
  std::ifstream in(file);
  if (!in) throw std::runtime_error(file.string() + " cannot be opened");
  return Json::parse(in);
}

template <class T>
std::vector<T> numbers(const std::string& base64) {
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (char c : base64) {
    static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t digit = digits.find(c);
    if (digit == std::string_view::npos) break;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    if ((count += 6) >= 8) bytes.push_back(static_cast<char>(bits >> (count -= 8) & 255));
  }
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

GoldenRows rows(const Json& json) {
  return {json.at("dim").get<size_t>(), numbers<float>(json.at("values")), json.at("fp32_error").get<double>()};
}

std::vector<GoldenSequence> sequences(const Json& json) {
  std::vector<GoldenSequence> out;
  for (const auto& sequence : json)
    out.push_back(
        {sequence.at("ids").get<std::vector<int32_t>>(), sequence.at("type_ids").get<std::vector<int32_t>>()});
  return out;
}

TinyBertOptions model(const Json& json) {
  static const std::pair<const char*, TinyHead> heads[] = {{"embed", TinyHead::embed},
                                                           {"masked_lm", TinyHead::masked_lm},
                                                           {"classify", TinyHead::classify},
                                                           {"score", TinyHead::score},
                                                           {"token_classify", TinyHead::token_classify}};
  TinyBertOptions o;
  for (const auto& [name, head] : heads)
    if (json.at("head") == name) o.head = head;
  o.hidden = json.at("hidden");
  o.layers = json.at("layers");
  o.heads = json.at("heads");
  o.intermediate = json.at("intermediate");
  o.max_positions = json.at("max_positions");
  o.type_vocab = json.at("type_vocab");
  o.vocab_size = json.at("vocab_size");
  o.hidden_act = json.at("hidden_act");
  o.layer_norm_eps = json.at("layer_norm_eps");
  o.seed = json.at("seed");
  o.labels = json.at("labels");
  o.problem_type = json.at("problem_type");
  o.ce_activation = json.at("ce_activation");
  o.pooling = json.at("pooling").get<std::vector<std::string>>();
  o.normalize = json.at("normalize");
  if (json.contains("matryoshka")) o.matryoshka = json.at("matryoshka").get<std::vector<uint32_t>>();
  for (const auto& dense : json.at("dense"))
    o.dense.push_back({dense.at("out"), dense.at("activation"), dense.at("bias")});
  return o;
}

}  // namespace

double GoldenRows::tolerance() const {
  float largest = 1;
  for (float value : values) largest = std::max(largest, std::abs(value));
  return std::max(2 * fp32_error, 1e-6 * static_cast<double>(largest));
}

std::vector<GoldenCase> load_cases(const std::string& name) {
  std::vector<GoldenCase> cases;
  const Json file = load(name);
  for (const auto& json : file.at("cases")) {
    GoldenCase one{json.at("name"), model(json.at("model")), sequences(json.at("sequences")), {}, {}};
    if (json.contains("hidden")) one.hidden = rows(json.at("hidden"));
    for (const auto& pooled : json.at("pooled"))
      one.pooled.push_back({{task_from_string(pooled.at("task").get<std::string>()).value(),
                             pooled.at("use_activation"), pooled.at("dimensions"), pooled.value("skip", 0u)},
                            rows(pooled)});
    cases.push_back(std::move(one));
  }
  return cases;
}

GoldenTexts load_minilm() {
  const Json json = load("minilm.json");
  return {"", 0, json.at("texts").get<std::vector<std::string>>(), sequences(json.at("sequences")), rows(json)};
}

GoldenTexts load_minilm_with_a_prompt() {
  const Json file = load("prompts.json"), &json = file.at("minilm");
  return {json.at("prompt"), json.at("prompt_length"), json.at("texts").get<std::vector<std::string>>(),
          sequences(json.at("sequences")), rows(json)};
}

GoldenDocuments load_documents() {
  const Json json = load("documents.json");
  GoldenDocuments documents;
  documents.count = json.at("count");
  documents.projections = {json.at("projections"), numbers<float>(json.at("values")), json.at("fp32_error")};
  const auto hashes = numbers<uint64_t>(json.at("hashes"));
  for (size_t i = 0; i < hashes.size(); ++i) documents.by_text.emplace(hashes[i], i);
  return documents;
}

std::optional<double> GoldenDocuments::error(const std::string& text, const std::vector<float>& vector) const {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
  const auto found = by_text.find(hash);
  if (found == by_text.end()) return std::nullopt;
  double largest = 0;
  for (size_t k = 0; k < projections.dim; ++k) {
    double sum = 0;
    for (size_t d = 0; d < vector.size(); ++d) sum += std::popcount((1 + 31 * k) & d) % 2 == 0 ? vector[d] : -vector[d];
    const double value = sum / std::sqrt(static_cast<double>(vector.size()));
    largest = std::max(largest,
                       std::abs(value - static_cast<double>(projections.values[found->second * projections.dim + k])));
  }
  return largest;
}

fs::path minilm_dir() {
  const char* cache = std::getenv("WEIR_CACHE");
  const fs::path dir =
      (cache && *cache ? fs::path(cache) : fs::path(WEIR_SOURCE_DIR) / ".cache") / "models/all-MiniLM-L6-v2";
  if (!fs::exists(dir / "model.safetensors"))
    throw std::runtime_error(dir.string() + " is not there: run tools/setup, which installs it");
  return dir;
}

}  // namespace weir::golden
