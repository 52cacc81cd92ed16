// Any bytes as one of the files that models have instead of a tokenizer.json; the first byte says which.
#include "tests/fuzz/tokenizers/fuzz_tokenizer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  if (size == 0) return 0;
  constexpr std::string_view vocab =
      R"({"a":0,"b":1,"c":2,"t":3,"h":4,"e":5,"Ġ":6,"Ã":7,"©":8,"s":9,"'":10,"ab":11,"Ġa":12,"th":13,"Ã©":14,"<|endoftext|>":15})";
  constexpr std::string_view merges = "#version: 0.2\na b\nĠ a\nt h\nÃ ©\n";
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto load = [&] {
    switch (data[0] % 6) {
      case 0: return load_tokenizer("tokenizer.model", rest, {});
      case 1: return load_tokenizer("qwen.tiktoken", rest, {});
      case 2: return load_tokenizer("merges.txt", rest, {}, "vocab.json", vocab);
      case 3: return load_tokenizer("vocab.txt", rest, {});
      case 4: return load_tokenizer("vocab.json", rest, {}, "merges.txt", merges);
      default: return load_tokenizer("vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\n", {}, "tokenizer_config.json", rest);
    }
  };
  const auto tokenizer = load();
  require(tokenizer || !tokenizer.error().message.empty());
  if (tokenizer) check_loaded(**tokenizer);
  return 0;
}
