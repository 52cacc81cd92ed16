#include "kernels/activation.hpp"

#include <array>
#include <utility>

#include "kernels/cpu/activation.hpp"
#include "kernels/unsupported.hpp"

namespace weir::kernels {
namespace {

constexpr std::array<std::pair<Activation, std::string_view>, 7> names{{
    {Activation::none, "none"},
    {Activation::gelu_erf, "gelu_erf"},
    {Activation::gelu_tanh, "gelu_tanh"},
    {Activation::relu, "relu"},
    {Activation::silu, "silu"},
    {Activation::tanh, "tanh"},
    {Activation::sigmoid, "sigmoid"},
}};

// transformers' ACT2FN keys, and the class names of torch.nn that sentence-transformers' Dense writes.
constexpr std::array<std::pair<std::string_view, Activation>, 19> config_names{{
    {"gelu", Activation::gelu_erf},       {"gelu_python", Activation::gelu_erf},
    {"GELU", Activation::gelu_erf},       {"GELUActivation", Activation::gelu_erf},
    {"gelu_new", Activation::gelu_tanh},  {"gelu_pytorch_tanh", Activation::gelu_tanh},
    {"gelu_fast", Activation::gelu_tanh}, {"gelu_accurate", Activation::gelu_tanh},
    {"relu", Activation::relu},           {"ReLU", Activation::relu},
    {"silu", Activation::silu},           {"swish", Activation::silu},
    {"SiLU", Activation::silu},           {"tanh", Activation::tanh},
    {"Tanh", Activation::tanh},           {"sigmoid", Activation::sigmoid},
    {"Sigmoid", Activation::sigmoid},     {"linear", Activation::none},
    {"Identity", Activation::none},
}};

}  // namespace

std::string_view to_string(Activation activation) {
  for (const auto& [value, name] : names)
    if (value == activation) return name;
  return "?";
}

std::optional<Activation> activation_from_config(std::string_view name) {
  for (const auto& [key, value] : config_names)
    if (key == name) return value;
  return std::nullopt;
}

void activate(ExecutionContext& context, Activation activation, Tensor x) {
  require_supported("activate", context.device(), x.dtype);
  cpu::add_bias_activate(x.as<float>(), nullptr, 1, x.elements(), activation);
}

void softmax_rows(ExecutionContext& context, Tensor x) {
  require_supported("softmax_rows", context.device(), x.dtype);
  cpu::softmax_rows(x.as<float>(), x.rows(), x.columns());
}

}  // namespace weir::kernels
