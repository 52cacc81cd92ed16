#include "tests/fuzz/messages/fuzz_job.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  if (size == 0) return 0;
  DecodeOptions options;
  options.format = RecordFormat::flatbuffers;
  options.invalid_utf8 = data[0] & 1 ? InvalidUtf8::replace : InvalidUtf8::reject;
  auto decoder = Decoder::make(options);
  check_decoded(*decoder, options, {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
