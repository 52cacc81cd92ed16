#include "models/registry.hpp"

#include "models/bert.hpp"

namespace weir {
namespace {

constexpr Architecture known[] = {
    {"BertModel", "bert", ModelHead::none, read_bert_config, load_bert, bert_head_layers},
    {"BertForMaskedLM", "bert", ModelHead::none, read_bert_config, load_bert, bert_head_layers},
    {"BertForPreTraining", "bert", ModelHead::none, read_bert_config, load_bert, bert_head_layers},
    {"BertForSequenceClassification", "bert", ModelHead::sequence_classification, read_bert_config, load_bert,
     bert_head_layers},
    {"BertForTokenClassification", "bert", ModelHead::token_classification, read_bert_config, load_bert,
     bert_head_layers},
};

}  // namespace

std::span<const Architecture> architectures() { return known; }

const Architecture* find_architecture(std::string_view name) {
  for (const auto& architecture : known)
    if (architecture.name == name) return &architecture;
  return nullptr;
}

// A ModelConfig names an architecture that is in the table: read_model_config made it.
Result<std::unique_ptr<const Encoder>> load_encoder(const ModelConfig& config, const WeightStore& store,
                                                    Device& device) {
  return find_architecture(config.architecture)->load(config, store, device);
}

std::vector<HeadLayer> head_layers(const ModelConfig& config, const WeightStore& store) {
  return find_architecture(config.architecture)->head_layers(config, store);
}

}  // namespace weir
