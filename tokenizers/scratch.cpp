#include "tokenizers/scratch.hpp"

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/word_cache.hpp"

namespace weir {

Scratch::Scratch(size_t cache_bytes) : cache_bytes_(cache_bytes), buffers_(std::make_unique<EncodeBuffers>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

WordCache& Scratch::cache(uint64_t tokenizer) {
  if (!cache_ || owner_ != tokenizer) cache_ = std::make_unique<WordCache>(cache_bytes_);
  owner_ = tokenizer;
  return *cache_;
}

}  // namespace weir
