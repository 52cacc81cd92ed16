#include "messages/field_map.hpp"

#include <array>

#include <fmt/format.h>

namespace weir {
namespace {

constexpr std::array<std::pair<JobField, std::string_view>, 17> names{{
    {JobField::id, "id"},
    {JobField::text, "text"},
    {JobField::token_ids, "token_ids"},
    {JobField::query, "query"},
    {JobField::document, "document"},
    {JobField::documents, "documents"},
    {JobField::model, "model"},
    {JobField::task, "task"},
    {JobField::dimensions, "dimensions"},
    {JobField::use_activation, "use_activation"},
    {JobField::truncate, "truncate"},
    {JobField::prompt_name, "prompt_name"},
    {JobField::priority, "priority"},
    {JobField::deadline_ms, "deadline_ms"},
    {JobField::metadata, "metadata"},
    {JobField::messages, "messages"},
    {JobField::content, "content"},
}};

// The reference tokens of a pointer, unescaped.
Result<std::vector<std::string>> split_pointer(std::string_view pointer) {
  std::vector<std::string> parts;
  if (pointer.empty()) return parts;
  if (pointer.front() != '/') return fail(ErrorCode::invalid_config, "a JSON Pointer begins with '/'");
  for (const char c : pointer) {
    if (c == '/')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (std::string& part : parts) {
    std::string plain;
    for (size_t i = 0; i < part.size(); ++i) {
      if (part[i] != '~') {
        plain += part[i];
      } else if (i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1')) {
        plain += part[++i] == '0' ? '~' : '/';
      } else {
        return fail(ErrorCode::invalid_config, "'~' is written ~0 and '/' ~1 in a JSON Pointer");
      }
    }
    part = std::move(plain);
  }
  return parts;
}

}  // namespace

std::string_view to_string(JobField field) {
  for (const auto& [key, name] : names)
    if (key == field) return name;
  return "?";
}

std::optional<JobField> job_field_from_string(std::string_view name) {
  if (name == "normalize") return JobField::use_activation;
  for (const auto& [field, known] : names)
    if (known == name && field != JobField::messages && field != JobField::content) return field;
  return std::nullopt;
}

std::vector<std::string_view> job_field_names() {
  std::vector<std::string_view> all;
  for (const auto& [field, name] : names)
    if (job_field_from_string(name)) all.push_back(name);
  return all;
}

FieldMap FieldMap::own() {
  FieldMap map;
  map.own_ = true;
  for (const auto& [field, name] : names) map.nodes_[map.add(0, name)].field = field;
  map.nodes_[map.add(0, "normalize")].field = JobField::use_activation;
  return map;
}

Result<FieldMap> FieldMap::foreign(const std::map<std::string, std::string>& pointers) {
  FieldMap map;
  for (const auto& [name, pointer] : pointers) {
    const auto field = job_field_from_string(name);
    if (!field) return fail(ErrorCode::invalid_config, fmt::format("fields.{}: a job has no field '{}'", name, name));
    const auto parts = split_pointer(pointer);
    if (!parts)
      return fail(ErrorCode::invalid_config, fmt::format("fields.{}: '{}': {}", name, pointer, parts.error().message));
    if (!map.pointers_.emplace(*field, pointer).second)
      return fail(ErrorCode::invalid_config, fmt::format("fields.{}: the field is mapped twice", name));
    uint32_t at = 0;
    for (const std::string& part : *parts) at = map.add(at, part);
    if (const auto taken = map.nodes_[at].field)
      return fail(ErrorCode::invalid_config,
                  fmt::format("fields.{}: '{}' is already mapped to {}", name, pointer, to_string(*taken)));
    map.nodes_[at].field = field;
  }
  // Only metadata is returned as it is, so only metadata may hold other fields.
  for (const Node& node : map.nodes_)
    if (node.field && *node.field != JobField::metadata && !node.members.empty())
      return fail(ErrorCode::invalid_config,
                  fmt::format("fields.{}: another field's pointer leads through it", to_string(*node.field)));
  return map;
}

std::string FieldMap::pointer_of(JobField field) const {
  const auto mapped = pointers_.find(field);
  return mapped == pointers_.end() ? fmt::format("/{}", to_string(field)) : mapped->second;
}

uint32_t FieldMap::add(uint32_t parent, std::string_view name) {
  if (const uint32_t* known = nodes_[parent].find(name)) return *known;
  const auto index = static_cast<uint32_t>(nodes_.size());
  nodes_[parent].members.emplace_back(name, index);
  nodes_.emplace_back();
  return index;
}

}  // namespace weir
