#include "models/encoder.hpp"

#include <fmt/format.h>

namespace weir {

Result<void> check_tokens(const ModelConfig& config, const PackedTokens& tokens) {
  const auto refuse = [](int32_t sequence, std::string why) {
    return fail(ErrorCode::invalid_request, fmt::format("sequence {}: {}", sequence, why));
  };
  for (int32_t i = 0; i < tokens.sequences(); ++i) {
    const int32_t begin = tokens.start(i), end = tokens.start(i + 1);
    if (begin < 0 || end > tokens.tokens()) return refuse(i, "its rows lie outside the batch");
    if (end <= begin) return refuse(i, "has no token");
    if (end - begin > static_cast<int32_t>(config.max_positions))
      return refuse(i, fmt::format("{} tokens, the model has {} positions", end - begin, config.max_positions));
    for (int32_t t = begin; t < end; ++t) {
      const int32_t id = tokens.ids[static_cast<size_t>(t)];
      if (id < 0 || id >= static_cast<int32_t>(config.vocab_size))
        return refuse(i, fmt::format("token id {} is not in the vocabulary of {}", id, config.vocab_size));
      const int32_t type = tokens.type_ids.empty() ? 0 : tokens.type_ids[static_cast<size_t>(t)];
      if (type < 0 || type >= static_cast<int32_t>(config.type_vocab_size))
        return refuse(i, fmt::format("token type {}, the model has {}", type, config.type_vocab_size));
    }
  }
  if (tokens.sequences() > 0 && tokens.start(tokens.sequences()) != tokens.tokens())
    return fail(ErrorCode::invalid_request, "the sequences do not cover the tokens of the batch");
  return {};
}

}  // namespace weir
