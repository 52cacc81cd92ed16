#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace weir {

// What a job is made of, as DESIGN names it.
enum class JobField : uint8_t {
  id,
  text,
  token_ids,
  query,
  document,
  documents,
  model,
  task,
  dimensions,
  use_activation,
  truncate,
  prompt_name,
  priority,
  deadline_ms,
  metadata,
  messages,  // known, so that they are refused by name
  content,
};

std::string_view to_string(JobField field);

// The field of this name or alias (`normalize`); nullopt for others, and for those that cannot be mapped.
std::optional<JobField> job_field_from_string(std::string_view name);

// The names of all that can be mapped, without aliases.
std::vector<std::string_view> job_field_names();

// Where a JSON document keeps the fields of a job: as a tree, so that one pass finds all. Immutable.
class FieldMap {
 public:
  struct Node {
    std::optional<JobField> field;
    std::vector<std::pair<std::string, uint32_t>> members;  // name, or index in an array, to a node

    const uint32_t* find(std::string_view name) const {
      for (const auto& [key, node] : members)
        if (key == name) return &node;
      return nullptr;
    }
  };

  // Jobs in their own shape: each field at the top, under its name.
  static FieldMap own();

  // A foreign shape: job field -> JSON Pointer (RFC 6901), `{text: /body/content, id: /meta/id}`. Fields that are not
  // named are not read, since the same name may mean something else there. The error names the field and the pointer.
  static Result<FieldMap> foreign(const std::map<std::string, std::string>& pointers);

  const Node& root() const { return nodes_.front(); }
  const Node& node(uint32_t index) const { return nodes_[index]; }
  bool is_own() const { return own_; }
  // How messages to people call a field: its pointer.
  std::string pointer_of(JobField field) const;

 private:
  uint32_t add(uint32_t parent, std::string_view name);

  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::map<JobField, std::string> pointers_;
  bool own_ = false;
};

}  // namespace weir
