#pragma once

#include <memory>
#include <vector>

#include "models/encoder.hpp"
#include "models/json_reader.hpp"
#include "models/safetensors.hpp"

namespace weir {

// BERT (Devlin et al. 2018) as transformers computes it: post-norm encoder with learned absolute positions. Entry
// points for registry.cpp.
void read_bert_config(const JsonReader& json, ModelConfig& config);
Result<std::unique_ptr<const Encoder>> load_bert(const ModelConfig& config, const WeightStore& store, Device& device);
std::vector<HeadLayer> bert_head_layers(const ModelConfig& config, const WeightStore& store);

}  // namespace weir
