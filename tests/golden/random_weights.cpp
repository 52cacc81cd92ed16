#include "tests/golden/random_weights.hpp"

namespace weir::golden {

std::vector<float> random_weights(std::string_view name, uint64_t seed, size_t count, float amplitude, float offset) {
  uint64_t state = 0xcbf29ce484222325u;
  for (unsigned char c : name) state = (state ^ c) * 0x100000001b3u;
  state ^= seed;
  std::vector<float> values(count);
  for (float& value : values) {
    state += 0x9e3779b97f4a7c15u;
    uint64_t z = state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    value = (static_cast<float>(static_cast<int32_t>(z >> 40) - (1 << 23)) * 0x1p-23f) * amplitude + offset;
  }
  return values;
}

float linear_amplitude(uint64_t inputs) {
  float amplitude = 1;
  while (static_cast<double>(amplitude) * amplitude * static_cast<double>(inputs) > 6) amplitude /= 2;
  return amplitude;
}

}  // namespace weir::golden
