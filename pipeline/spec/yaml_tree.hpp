#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/spec/spec_error.hpp"

namespace weir {

struct YamlEntry;

// A parsed YAML value with the place of everything in it. Scalars stay text: what they mean is the option table's
// business, so none of YAML 1.1's surprises (010 is 8, no is false) can happen.
struct YamlNode {
  enum class Kind : uint8_t { null, scalar, sequence, map };

  Kind kind = Kind::null;
  Place at;
  std::string text;                // scalar
  std::vector<YamlNode> items;     // sequence
  std::vector<YamlEntry> entries;  // map, in the order of the file, keys unique
  bool failed = false;             // an error about it has been reported; say no more
  bool secret = false;             // came from ${file:...}

  bool is_map() const { return kind == Kind::map; }
  bool is_scalar() const { return kind == Kind::scalar; }
  const YamlNode* find(std::string_view key) const;  // null when absent or not a map
};

struct YamlEntry {
  Place at;  // of the key
  std::string key;
  YamlNode value;
};

// "a mapping", "a list", "nothing" or the text: how errors name what stands there.
std::string describe(const YamlNode& node);

// Parses one document. Aliases and merge keys (`<<`) are expanded; duplicate keys, tags and second documents are
// errors. Size, depth and the number of nodes after expansion are bounded. After a syntax error the tree is what was
// read so far: don't use it.
YamlNode parse_yaml(std::string_view text, ErrorList& errors);

}  // namespace weir
