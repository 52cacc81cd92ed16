#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "messages/ticket.hpp"

namespace weir::simulation {

// What the first byte of a simulated record asks for. A digit: so many sequences.
inline constexpr char kUndecodable = '!';
inline constexpr char kPoison = '~';  // every run with it fails
inline constexpr char kNan = 'N';
inline constexpr char kDeadline = 'D';

// The id that all tokens of the record have, so that a row in a wrong place shows.
inline int32_t token_of(TopicPartition at, Offset offset) {
  return at.partition * 100'000 + static_cast<int32_t>(offset.value);
}
// What head `head` makes of a sequence: small enough to be exact in a float.
inline float answer(int32_t token, uint32_t head, uint32_t part) {
  return static_cast<float>(token) * 4 + static_cast<float>(head) + static_cast<float>(part) * 0.25F;
}
inline uint32_t parts_of(std::string_view value) {
  return value[0] >= '1' && value[0] <= '3' ? static_cast<uint32_t>(value[0] - '0') : 1;
}
inline std::vector<float> expected(TopicPartition at, Offset offset, uint32_t head, std::string_view value) {
  std::vector<float> out;
  for (uint32_t part = 0; part < parts_of(value); ++part) out.push_back(answer(token_of(at, offset), head, part));
  return out;
}

}  // namespace weir::simulation
