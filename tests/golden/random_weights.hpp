#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::golden {

// Weights made from a name and a seed by integers and powers of two only, so that C++ and
// tests/golden/random_weights.py agree bit for bit and no golden has to carry a model.
//   value i = (splitmix64(fnv1a(name) ^ seed + i) >> 40) / 2^23 - 1, times `amplitude` (a power of two), plus `offset`
std::vector<float> random_weights(std::string_view name, uint64_t seed, size_t count, float amplitude,
                                  float offset = 0);

// The largest power of two whose uniform distribution has at most variance 2/inputs: activations keep their size.
float linear_amplitude(uint64_t inputs);

struct NamedTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values;
};

}  // namespace weir::golden
