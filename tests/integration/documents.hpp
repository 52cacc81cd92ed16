#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace weir::test {

// One record of the stream test and what must become of it.
struct Input {
  std::string key;
  std::string value;
  std::string content_type;
  int32_t partition = 0;
  bool good = true;
  ErrorCode reason = ErrorCode::internal;  // of a bad one: what its dead letter says
  std::string text;                        // of a good one
};

// `count` records made of real package descriptions, cut at `longest` bytes: JSON, FlatBuffers and text in turn, over
// `partitions` partitions, one in a hundred bad in one of six ways. Reproducible. Throws when the texts are not there,
// saying what to run.
std::vector<Input> make_inputs(size_t count, int32_t partitions, size_t longest);

// The descriptions of $WEIR_CACHE/text (or .cache/text), in the order of the file.
std::vector<std::string> descriptions(size_t count, size_t longest);

}  // namespace weir::test
