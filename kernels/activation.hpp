#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "device/execution_context.hpp"
#include "device/tensor.hpp"

namespace weir::kernels {

// Functions of one number. As in PyTorch:
//   gelu_erf   x/2 (1 + erf(x / sqrt 2))                                  ("gelu" in config.json)
//   gelu_tanh  x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))              ("gelu_new", "gelu_pytorch_tanh",
//   "gelu_fast") silu       x / (1 + e^-x)                                             ("silu", "swish")
enum class Activation : uint8_t { none, gelu_erf, gelu_tanh, relu, silu, tanh, sigmoid };
std::string_view to_string(Activation activation);

// The name that config.json's hidden_act (or a Dense module's activation_function, without its Python path) uses.
std::optional<Activation> activation_from_config(std::string_view name);

// x = f(x), any shape.
void activate(ExecutionContext& context, Activation activation, Tensor x);

// Each row becomes e^(x - max) / sum, in place; [rows, columns], columns >= 1.
void softmax_rows(ExecutionContext& context, Tensor x);

}  // namespace weir::kernels
