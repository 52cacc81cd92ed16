#pragma once

#include <string>

#include "tokenizers/normalized_text.hpp"

namespace weir {

struct EncodeBuffers;

// A step of `normalizer` in tokenizer.json. Immutable; for any thread.
class Normalizer {
 public:
  virtual ~Normalizer() = default;

  // Replaces `out` by the normal form of `in`, with origins when `in` has them. False: `in` is in normal form already,
  // and `out` is as it was, so that most texts are never copied. `out` is not what `in` points into.
  virtual bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const = 0;

  // For `weir inspect`: "Lowercase".
  virtual std::string describe() const = 0;
};

}  // namespace weir
