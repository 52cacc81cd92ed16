#include "models/weight_loader.hpp"

#include <span>
#include <utility>

#include <fmt/format.h>

namespace weir {

std::vector<float> WeightLoader::read(const std::string& name, std::initializer_list<int64_t> shape) {
  auto values = store_.read(prefix_ + name, std::span(shape.begin(), shape.size()));
  if (values) return std::move(*values);
  if (!error_) error_ = values.error();
  return {};
}

Tensor WeightLoader::tensor(const std::string& name, std::initializer_list<int64_t> shape) {
  const std::span dims(shape.begin(), shape.size());
  const auto refuse = [&](const Error& error) {
    if (!error_) error_ = error;
    return Tensor{};
  };
  // Before any memory is taken: the shape is config.json's word only.
  if (auto readable = store_.check(prefix_ + name, dims); !readable) return refuse(readable.error());
  size_t elements = 1;
  for (int64_t extent : dims) elements *= static_cast<size_t>(extent);
  auto& buffer = buffers_.emplace_back(device_.allocate(elements * sizeof(float)));
  auto* values = reinterpret_cast<float*>(buffer.data());
  if (auto read = store_.read_into(prefix_ + name, dims, std::span(values, elements)); !read)
    return refuse(read.error());
  return {buffer.data(), DType::float32, shape};
}

kernels::Matrix WeightLoader::keep(Result<kernels::Matrix> made, std::string_view name) {
  if (made) return std::move(*made);
  if (!error_)
    error_ = Error{made.error().code, fmt::format("{}: `{}`: {}", store_.place(), name, made.error().message)};
  return {};
}

kernels::Matrix WeightLoader::linear(const std::string& name, int64_t in, int64_t out) {
  return stacked({name}, in, out);
}

kernels::Matrix WeightLoader::stacked(std::initializer_list<std::string> names, int64_t in, int64_t out) {
  std::vector<std::vector<float>> values;
  std::vector<Tensor> weights, biases;
  for (const auto& name : names) {
    values.push_back(read(name + ".weight", {out, in}));
    weights.push_back(Tensor::of(values.back().data(), {out, in}));
    biases.emplace_back();
    if (!store_.find(prefix_ + name + ".bias")) continue;
    values.push_back(read(name + ".bias", {out}));
    biases.back() = Tensor::of(values.back().data(), {out});
  }
  if (error_) return {};
  return keep(kernels::Matrix::prepare_stacked(device_, weights, biases), prefix_ + *names.begin());
}

kernels::LayerNorm WeightLoader::norm(const std::string& name, int64_t columns, float epsilon) {
  return {tensor(name + ".weight", {columns}), tensor(name + ".bias", {columns}), epsilon};
}

}  // namespace weir
