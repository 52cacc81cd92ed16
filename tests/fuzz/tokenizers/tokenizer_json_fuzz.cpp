// Any bytes as a tokenizer.json: loading answers, an error is one line, and what loads encodes.
#include "tests/fuzz/tokenizers/fuzz_tokenizer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  const auto tokenizer = load_tokenizer({reinterpret_cast<const char*>(data), size}, {});
  if (!tokenizer) {
    require(!tokenizer.error().message.empty());
    return 0;
  }
  Scratch scratch;
  check_encoded(**tokenizer, "Playing [SEP] caf\u00e9, a\u0301\u0323 \u4e2d x", std::nullopt, {}, scratch);
  EncodeOptions few;
  few.max_tokens = 4;
  check_encoded(**tokenizer, "a b c d", "e f g", few, scratch);
  (*tokenizer)->describe();
  return 0;
}
