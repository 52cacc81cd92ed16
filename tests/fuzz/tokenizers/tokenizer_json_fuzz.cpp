// Any bytes as a tokenizer.json: loading answers, an error is one line, and what loads encodes and decodes.
#include "tests/fuzz/tokenizers/fuzz_tokenizer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  const auto tokenizer = load_tokenizer("tokenizer.json", {reinterpret_cast<const char*>(data), size}, {});
  require(tokenizer || !tokenizer.error().message.empty());
  if (tokenizer) check_loaded(**tokenizer);
  return 0;
}
