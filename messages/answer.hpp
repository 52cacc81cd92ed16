#pragma once

#include <cstdint>

namespace weir {

// What an outcome carries, named as its field on the wire (in JSON, `failure` is called `error`).
enum class Answer : uint8_t { failure, embedding, embeddings, classes, token_classes, score, scores, reward, rewards };

}  // namespace weir
