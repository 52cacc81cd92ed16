#pragma once

#include <string_view>

#include "pipeline/spec/load.hpp"
#include "pipeline/spec/yaml_tree.hpp"

namespace weir {

enum class PropertyKeys : uint8_t {
  all,
  with_dot
};  // all: the file's `kafka:`; with_dot: a stage, whose other keys are options

// Reads librdkafka properties of a mapping into `into`, over those already there; asks the rules about each.
void read_properties(const YamlNode& map, PropertyKeys keys, const SpecContext& context, ErrorList& errors,
                     KafkaProperties& into);

// Passwords, keys and whatever the rules call secret: shown as ***.
bool is_secret_property(std::string_view name, const PropertyRules& rules);

}  // namespace weir
