#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace weir {

class JsonAt;

// What stands around a text or a pair: BertProcessing, RobertaProcessing and TemplateProcessing all come down to it.
struct TemplatePart {
  enum class Kind : uint8_t { special, first, second };
  Kind kind = Kind::special;
  int32_t type_id = 0;
  std::vector<int32_t> ids;  // of a special token
};

struct PostProcessor {
  std::vector<TemplatePart> single{{TemplatePart::Kind::first, 0, {}}};
  std::vector<TemplatePart> pair{{TemplatePart::Kind::first, 0, {}}, {TemplatePart::Kind::second, 1, {}}};
  // One for each step that takes white space out of offsets (`trim_offsets`): its add_prefix_space.
  std::vector<bool> trims;
  // The type ids of further windows, which Hugging Face's template does not reach; without special tokens they are 0
  // and 1.
  std::array<int32_t, 2> window_types{0, 1};
  std::string name = "none";

  // How many special tokens it adds.
  uint32_t added(bool of_pair) const {
    size_t count = 0;
    for (const auto& part : of_pair ? pair : single) count += part.ids.size();
    return static_cast<uint32_t>(count);
  }
};

// `post_processor` of tokenizer.json; for null one that adds nothing. unsupported: a kind that is not built, by name.
Result<PostProcessor> read_post_processor(const JsonAt& part);

}  // namespace weir
