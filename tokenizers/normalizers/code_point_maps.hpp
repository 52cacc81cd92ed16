#pragma once

#include <string>

#include "tokenizers/normalizer.hpp"

namespace weir {

// Normalizers that look at one code point at a time. A code point's origin goes to all that is written for it.

// Rust's char::to_lowercase of each: no context, so that a final sigma is as any other.
class Lowercase final : public Normalizer {
 public:
  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override { return "Lowercase"; }
};

// Marks go. Composed letters stay: an NFD stands before it in files.
class StripAccents final : public Normalizer {
 public:
  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override { return "StripAccents"; }
};

// Some control characters go, some white space becomes a blank.
class Nmt final : public Normalizer {
 public:
  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override { return "Nmt"; }
};

// Each byte becomes a letter of the byte alphabet.
class ByteLetters final : public Normalizer {
 public:
  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override { return "ByteLevel"; }
};

}  // namespace weir
