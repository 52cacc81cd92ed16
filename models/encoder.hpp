#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device/execution_context.hpp"
#include "device/tensor.hpp"
#include "device/tokens.hpp"
#include "kernels/activation.hpp"
#include "models/config.hpp"

namespace weir {

// The part of a model from token ids to hidden states, its weights on one device. Immutable: shared by the lanes and
// workers of that device.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual const ModelConfig& config() const = 0;

  // Writes the last hidden state of every token to `hidden` [tokens, hidden_size]. Nothing is padded; only enqueues
  // work and never waits for it. Every sequence has 1 to max_positions tokens, ids and type ids lie in their tables:
  // check_tokens says so. Called by several lanes at once, each with its own context. Throws when the device is broken
  // or out of memory.
  virtual void forward(ExecutionContext& context, const DeviceTokens& tokens, Tensor hidden) const = 0;
};

// One linear layer of a head: weights `<name>.weight` [out, in] and, unless the model has none, `<name>.bias` [out].
struct HeadLayer {
  std::string name;
  uint32_t in = 0;
  uint32_t out = 0;
  kernels::Activation activation = kernels::Activation::none;
};

// Whether the encoder may run these tokens. The tokenizer stage cuts texts and refuses ids before; this is the last
// line. Errors: invalid_request, naming the sequence.
Result<void> check_tokens(const ModelConfig& config, const PackedTokens& tokens);

}  // namespace weir
