#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "device/device.hpp"
#include "models/config.hpp"
#include "models/encoder.hpp"
#include "models/json_reader.hpp"
#include "models/safetensors.hpp"

namespace weir {

// What weir knows of one architecture: how to read its options, load its weights and find its head.
struct Architecture {
  std::string_view name;        // as in config.json `architectures`
  std::string_view model_type;  // as in config.json
  ModelHead head;
  void (*read)(const JsonReader&, ModelConfig&);  // complaints go to the reader
  Result<std::unique_ptr<const Encoder>> (*load)(const ModelConfig&, const WeightStore&, Device&);
  std::vector<HeadLayer> (*head_layers)(const ModelConfig&, const WeightStore&);
};

std::span<const Architecture> architectures();
const Architecture* find_architecture(std::string_view name);

// The encoder of a model on a device. Errors: those of the weight store (a missing tensor, a wrong shape), unsupported.
Result<std::unique_ptr<const Encoder>> load_encoder(const ModelConfig& config, const WeightStore& store,
                                                    Device& device);

// The layers of the model's own head, in order, on a pooled row (sequence classification) or on each token's row (token
// classification); empty for ModelHead::none.
std::vector<HeadLayer> head_layers(const ModelConfig& config, const WeightStore& store);

}  // namespace weir
