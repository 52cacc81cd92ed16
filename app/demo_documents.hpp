#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace weir {

struct DemoDocument {
  std::string id;
  std::string text;
};

// `count` documents of a JSON Lines file, evenly spread over it when there are more, so that they are not all about the
// letter a; at most `most_bytes` of them (0: any). Ids that are absent or come again are made up. not_found,
// invalid_request with the line.
Result<std::vector<DemoDocument>> read_documents(const std::string& path, size_t count, int64_t most_bytes);

// A job as weir reads it from JSON.
std::string job_json(std::string_view id, std::string_view text);

// The beginning of a text, cut at a word.
std::string first_words(std::string_view text, size_t bytes);

}  // namespace weir
