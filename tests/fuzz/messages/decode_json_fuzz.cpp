#include "tests/fuzz/messages/fuzz_job.hpp"

// The first byte chooses the stage's options.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  if (size == 0) return 0;
  DecodeOptions options;
  options.invalid_utf8 = data[0] & 1 ? InvalidUtf8::replace : InvalidUtf8::reject;
  if (data[0] & 2)
    options.fields = {{"text", "/body/0"}, {"id", "/id"}, {"metadata", ""}, {"documents", "/d"}, {"query", "/q"}};
  options.max_depth = 30;
  auto decoder = Decoder::make(options);
  check_decoded(*decoder, options, {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
