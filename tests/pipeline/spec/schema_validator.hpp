#pragma once

#include <cmath>
#include <regex>
#include <string>

#include <nlohmann/json.hpp>

#include "pipeline/spec/scalar.hpp"
#include "pipeline/spec/yaml_tree.hpp"

namespace weir::spec_test {

// YAML as an editor's language server sees it: scalars by their look.
inline nlohmann::json to_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null: return nullptr;
    case YamlNode::Kind::sequence: {
      auto list = nlohmann::json::array();
      for (const auto& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case YamlNode::Kind::map: {
      auto map = nlohmann::json::object();
      for (const auto& entry : node.entries) map[entry.key] = to_json(entry.value);
      return map;
    }
    case YamlNode::Kind::scalar: break;
  }
  if (const auto value = read_integer(node.text)) return *value;
  if (const auto value = read_number(node.text)) return *value;
  if (const auto value = read_boolean(node.text)) return *value;
  return node.text;
}

inline bool has_type(const nlohmann::json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  return type == "null" && value.is_null();
}

// The part of JSON Schema draft 7 that json_schema() uses. Returns the first problem, or an empty text.
inline std::string validate(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at = "") {
  if (schema.contains("type")) {
    const auto& type = schema["type"];
    const auto types = type.is_array() ? type.get<std::vector<std::string>>() : std::vector<std::string>{type};
    if (std::none_of(types.begin(), types.end(), [&](const auto& t) { return has_type(value, t); }))
      return at + " has a wrong type";
  }
  if (schema.contains("const") && value != schema["const"]) return at + " is not the constant";
  if (schema.contains("enum") && std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
    return at + " is none of the choices";
  if (schema.contains("minimum") && value.is_number() && value.get<double>() < schema["minimum"])
    return at + " is too small";
  if (schema.contains("maximum") && value.is_number() && value.get<double>() > schema["maximum"])
    return at + " is too large";
  if (schema.contains("pattern") && value.is_string() &&
      !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>())))
    return at + " does not match";
  if (schema.contains("anyOf")) {
    const auto& any = schema["anyOf"];
    if (std::none_of(any.begin(), any.end(), [&](const auto& s) { return validate(s, value, at).empty(); }))
      return at + " fits nothing";
  }
  for (const auto& part : schema.value("allOf", nlohmann::json::array()))
    if (auto problem = validate(part, value, at); !problem.empty()) return problem;
  if (schema.contains("if") && validate(schema["if"], value, at).empty())
    if (auto problem = validate(schema["then"], value, at); !problem.empty()) return problem;
  if (value.is_array()) {
    if (schema.contains("minItems") && value.size() < schema["minItems"]) return at + " is too short";
    for (const auto& item : value)
      if (schema.contains("items"))
        if (auto problem = validate(schema["items"], item, at + "[]"); !problem.empty()) return problem;
  }
  if (!value.is_object()) return "";
  for (const auto& name : schema.value("required", nlohmann::json::array()))
    if (!value.contains(name.get<std::string>())) return at + " lacks " + name.get<std::string>();
  for (const auto& [key, member] : value.items()) {
    const std::string path = at + "." + key;
    bool known = false;
    if (schema.contains("properties") && schema["properties"].contains(key)) {
      known = true;
      if (auto problem = validate(schema["properties"][key], member, path); !problem.empty()) return problem;
    }
    const auto patterns = schema.value("patternProperties", nlohmann::json::object());
    for (const auto& [pattern, part] : patterns.items())
      if (std::regex_search(key, std::regex(pattern))) {
        known = true;
        if (auto problem = validate(part, member, path); !problem.empty()) return problem;
      }
    if (known || !schema.contains("additionalProperties")) continue;
    const auto& rest = schema["additionalProperties"];
    if (rest == false) return path + " is unknown";
    if (auto problem = rest.is_object() ? validate(rest, member, path) : ""; !problem.empty()) return problem;
  }
  return "";
}

}  // namespace weir::spec_test
