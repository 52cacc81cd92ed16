#include "pipeline/spec/properties.hpp"

#include <fmt/format.h>

namespace weir {

bool is_secret_property(std::string_view name, const PropertyRules& rules) {
  if (rules.is_secret && rules.is_secret(name)) return true;
  for (const std::string_view word : {"password", "secret", "key.pem", "sasl.oauthbearer.config"})
    if (name.find(word) != std::string_view::npos) return true;
  return false;
}

void read_properties(const YamlNode& map, PropertyKeys keys, const SpecContext& context, ErrorList& errors,
                     KafkaProperties& into) {
  for (const auto& [at, key, value] : map.entries) {
    if (keys == PropertyKeys::with_dot && key.find('.') == std::string::npos) continue;
    if (value.failed) continue;
    if (!value.is_scalar()) {
      errors.add(value.at, describe(value), fmt::format("property `{}` takes one value", key),
                 value.is_map() ? "write the whole name with its dots: `bootstrap.servers: ...`"
                                : "write a list with commas: `a,b`");
      continue;
    }
    if (context.properties.check) {
      if (const auto error = context.properties.check(key, value.text)) {
        if (is_secret_property(key, context.properties)) errors.hide(value.text);
        errors.add(at, key + "=" + value.text, error->message);
        continue;
      }
    }
    into[key] = value.text;
  }
}

}  // namespace weir
