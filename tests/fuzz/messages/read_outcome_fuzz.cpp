#include <cstdint>
#include <numeric>

#include "messages/read_outcome.hpp"

// The first byte chooses the format.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  if (size == 0) return 0;
  const auto read = read_outcome({reinterpret_cast<const char*>(data) + 1, size - 1},
                                 data[0] & 1 ? RecordFormat::json : RecordFormat::flatbuffers);
  if (read && read->values.size() > size) __builtin_trap();
  return 0;
}
