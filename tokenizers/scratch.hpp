#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace weir {

class WordCache;
struct EncodeBuffers;

// What a caller of Tokenizer::encode keeps between calls: working memory and the word cache, so that no token
// allocates. Owned by one thread. Belongs to one tokenizer at a time: used with another one, it starts over with an
// empty cache.
class Scratch {
 public:
  // The cache takes about `cache_bytes`, allocated at the first use, and never more.
  explicit Scratch(size_t cache_bytes = size_t{2} << 20);
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;

  // For the tokenizer: the cache of the tokenizer with this identity, and the buffers.
  WordCache& cache(uint64_t tokenizer);
  EncodeBuffers& buffers() { return *buffers_; }

 private:
  size_t cache_bytes_;
  uint64_t owner_ = 0;
  std::unique_ptr<WordCache> cache_;
  std::unique_ptr<EncodeBuffers> buffers_;
};

}  // namespace weir
