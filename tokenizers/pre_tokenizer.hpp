#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tokenizers/normalized_text.hpp"

namespace weir {

struct EncodeBuffers;

struct ByteRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// A text in words, on its way through the pre-tokenizers. Bytes between two words belong to none and are lost. Words
// are in order, not empty, and do not overlap.
struct Words {
  TextView text;  // in `storage`, or in what the caller holds
  NormalizedText storage;
  std::vector<ByteRange> words;
  // The text begins where the original begins: no added token and no other text is before it, and the normalizer took
  // nothing away there (what Metaspace's "first" asks). Right only for a step that asks_start.
  bool at_start = true;

  // Makes `rewritten` the text; the words are then ranges of it.
  void rewrite(NormalizedText& rewritten) {
    std::swap(storage, rewritten);
    text = storage.view();
  }
};

// A step of `pre_tokenizer` in tokenizer.json. Immutable; for any thread.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;

  // Splits each word further. Steps that only split leave the text alone; those that write (Metaspace, ByteLevel with a
  // blank in front) call `words.rewrite`. EncodeBuffers::ranges and ::rewritten are free to use.
  virtual void apply(Words& words, EncodeBuffers& buffers) const = 0;
  // Whether it looks at Words::at_start, which costs the caller time behind a normalizer.
  virtual bool asks_start() const { return false; }

  virtual std::string describe() const = 0;
};

}  // namespace weir
