#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

// What stands around a text or a pair: BertProcessing and TemplateProcessing both come down to it.
struct TemplatePart {
  enum class Kind : uint8_t { special, first, second };
  Kind kind = Kind::special;
  int32_t type_id = 0;
  std::vector<int32_t> ids;  // of a special token
};

struct PostProcessor {
  std::vector<TemplatePart> single{{TemplatePart::Kind::first, 0, {}}};
  std::vector<TemplatePart> pair{{TemplatePart::Kind::first, 0, {}}, {TemplatePart::Kind::second, 1, {}}};
  std::string name = "none";

  uint32_t added(bool of_pair) const {
    size_t count = 0;
    for (const auto& part : of_pair ? pair : single) count += part.ids.size();
    return static_cast<uint32_t>(count);
  }
};

}  // namespace weir
