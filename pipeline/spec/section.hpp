#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/option.hpp"
#include "pipeline/spec/load.hpp"
#include "pipeline/spec/yaml_tree.hpp"

namespace weir {

// The value of an option: integers, sizes (bytes) and durations (milliseconds) as int64_t; choices, and words in place
// of an integer ("auto"), as string; maps stay nodes.
using OptionValue = std::variant<int64_t, double, bool, std::string, std::vector<std::string>>;

// Reads one value as the option's type demands, within bounds and choices; reports what is wrong and returns nothing.
std::optional<OptionValue> read_option(const Option& option, const YamlNode& node, ErrorList& errors);

// What the option takes, for people: "a whole number from 1 to 256, or auto".
std::string expectation(const Option& option);

// One mapping of the file, checked against the sections of the option table that belong to it: unknown keys, types,
// bounds, what is missing and what is not built yet are reported by the constructor. Views the node and the table: both
// outlive it.
class Section {
 public:
  // `title` is how errors call the mapping ("kafka_source"), `at` where a missing option is reported. With
  // `properties`, keys with a dot are librdkafka's and are left to the caller.
  Section(const YamlNode& map, std::span<const std::string_view> sections, std::string title, Place at, bool properties,
          const SpecContext& context, ErrorList& errors);

  // The value, or the table's default; nothing when there is neither or an error was reported.
  std::optional<std::string> text(std::string_view name) const { return get<std::string>(name); }
  std::optional<int64_t> integer(std::string_view name) const { return get<int64_t>(name); }
  std::optional<double> number(std::string_view name) const { return get<double>(name); }
  std::optional<bool> boolean(std::string_view name) const { return get<bool>(name); }
  std::vector<std::string> list(std::string_view name) const;

  const YamlNode* node(std::string_view name) const { return map_->find(name); }
  bool given(std::string_view name) const { return node(name) != nullptr; }
  Place at(std::string_view name) const;  // of the value, else of the section
  Place at() const { return at_; }
  const std::string& title() const { return title_; }
  const YamlNode& map() const { return *map_; }

 private:
  template <typename T>
  std::optional<T> get(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    const T* value = std::get_if<T>(&found->second);
    return value ? std::optional<T>(*value) : std::nullopt;
  }
  void check_keys(std::span<const std::string_view> sections, bool properties, const SpecContext& context,
                  ErrorList& errors);
  void check_value(const Option& option, const YamlEntry& entry, ErrorList& errors);

  const YamlNode* map_;
  std::string title_;
  Place at_;
  std::map<std::string_view, OptionValue, std::less<>> values_;
};

}  // namespace weir
