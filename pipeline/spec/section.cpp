#include "pipeline/spec/section.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "pipeline/spec/not_built.hpp"
#include "pipeline/spec/scalar.hpp"
#include "pipeline/spec/suggest.hpp"

namespace weir {
namespace {

std::string bound(const Option& option, double value) {
  switch (option.type) {
    case OptionType::size: return write_size(static_cast<int64_t>(value));
    case OptionType::duration: return write_duration(static_cast<int64_t>(value));
    case OptionType::integer: return fmt::format("{}", static_cast<int64_t>(value));
    default: return fmt::format("{}", value);
  }
}

std::string bounds(const Option& option) {
  if (option.min && option.max)
    return fmt::format(" from {} to {}", bound(option, *option.min), bound(option, *option.max));
  if (option.min) return fmt::format(" of at least {}", bound(option, *option.min));
  if (option.max) return fmt::format(" of at most {}", bound(option, *option.max));
  return "";
}

bool has_choice(const Option& option, std::string_view word) {
  const auto words = split_choices(option.choices);
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The option's value from text, without choices and bounds.
std::optional<OptionValue> convert(const Option& option, const std::string& text) {
  const auto as_value = [](auto value) -> std::optional<OptionValue> {
    if (!value) return std::nullopt;
    return OptionValue(*value);
  };
  switch (option.type) {
    case OptionType::integer: return as_value(read_integer(text));
    case OptionType::number: return as_value(read_number(text));
    case OptionType::boolean: return as_value(read_boolean(text));
    case OptionType::size: return as_value(read_size(text));
    case OptionType::duration: return as_value(read_duration(text));
    case OptionType::string:
    case OptionType::choice: return OptionValue(text);
    case OptionType::list: return OptionValue(std::vector<std::string>{text});
    case OptionType::map: return std::nullopt;
  }
  return std::nullopt;
}

bool within_bounds(const Option& option, const OptionValue& value) {
  double amount = 0;
  if (const auto* integer = std::get_if<int64_t>(&value))
    amount = static_cast<double>(*integer);
  else if (const auto* number = std::get_if<double>(&value))
    amount = *number;
  else
    return true;
  return (!option.min || amount >= *option.min) && (!option.max || amount <= *option.max);
}

void report_type(const Option& option, const YamlNode& node, ErrorList& errors) {
  std::string fix;
  if (option.type == OptionType::boolean && (node.text == "yes" || node.text == "on")) fix = "write true";
  if (option.type == OptionType::boolean && (node.text == "no" || node.text == "off")) fix = "write false";
  if (option.type == OptionType::size) fix = "write a number with a unit, such as 64MiB";
  if (option.type == OptionType::duration) fix = "write a number with a unit, such as 5s or 100ms";
  errors.add(node.at, describe(node), fmt::format("`{}` takes {}", option.name, expectation(option)), fix);
}

std::optional<OptionValue> read_list(const Option& option, const YamlNode& node, ErrorList& errors) {
  std::vector<const YamlNode*> items;
  if (node.is_scalar()) items.push_back(&node);
  for (const auto& item : node.items) items.push_back(&item);
  if (items.empty()) {
    errors.add(node.at, describe(node), fmt::format("`{}` is empty", option.name), "name at least one");
    return std::nullopt;
  }
  std::vector<std::string> values;
  bool ok = true;
  for (const auto* item : items) {
    if (item->failed) {
      ok = false;
    } else if (!item->is_scalar() || item->text.empty()) {
      errors.add(item->at, describe(*item), fmt::format("`{}` takes {}", option.name, expectation(option)));
      ok = false;
    } else if (!option.choices.empty() && !has_choice(option, item->text)) {
      errors.add(item->at, describe(*item), fmt::format("`{}` has no such choice", option.name),
                 suggest(item->text, split_choices(option.choices)));
      ok = false;
    } else if (std::find(values.begin(), values.end(), item->text) != values.end()) {
      errors.add(item->at, describe(*item), fmt::format("`{}` names this twice", option.name), "remove one");
      ok = false;
    } else {
      values.push_back(item->text);
    }
  }
  if (!ok) return std::nullopt;
  return OptionValue(std::move(values));
}

}  // namespace

std::string expectation(const Option& option) {
  const auto words = split_choices(option.choices);
  switch (option.type) {
    case OptionType::string: return "text";
    case OptionType::integer:
      return "a whole number" + bounds(option) + (words.empty() ? "" : fmt::format(", or {}", fmt::join(words, ", ")));
    case OptionType::number: return "a number" + bounds(option);
    case OptionType::boolean: return "true or false";
    case OptionType::size: return "a size" + bounds(option);
    case OptionType::duration: return "a duration" + bounds(option);
    case OptionType::choice: return fmt::format("one of {}", fmt::join(words, ", "));
    case OptionType::list:
      return words.empty() ? "a name or a list of names" : fmt::format("one or a list of {}", fmt::join(words, ", "));
    case OptionType::map: return "a mapping";
  }
  return "";
}

std::optional<OptionValue> read_option(const Option& option, const YamlNode& node, ErrorList& errors) {
  if (node.failed) return std::nullopt;
  if (node.kind == YamlNode::Kind::null) {
    errors.add(node.at, "", fmt::format("`{}` has no value", option.name),
               fmt::format("write {}", expectation(option)));
    return std::nullopt;
  }
  if (option.type == OptionType::list && !node.is_map()) return read_list(option, node, errors);
  if (!node.is_scalar()) {
    report_type(option, node, errors);
    return std::nullopt;
  }
  if (option.type == OptionType::integer && has_choice(option, node.text)) return OptionValue(node.text);
  if (option.type == OptionType::choice && !has_choice(option, node.text)) {
    errors.add(node.at, describe(node), fmt::format("`{}` has no such choice", option.name),
               suggest(node.text, split_choices(option.choices)));
    return std::nullopt;
  }
  const auto value = convert(option, node.text);
  if (!value) {
    report_type(option, node, errors);
    return std::nullopt;
  }
  if (!within_bounds(option, *value)) {
    errors.add(node.at, describe(node), fmt::format("`{}` is out of bounds", option.name),
               "write " + expectation(option));
    return std::nullopt;
  }
  if (option.required && node.text.empty()) {
    errors.add(node.at, "", fmt::format("`{}` is empty", option.name), "write " + expectation(option));
    return std::nullopt;
  }
  return value;
}

Section::Section(const YamlNode& map, std::span<const std::string_view> sections, std::string title, Place at,
                 bool properties, const SpecContext& context, ErrorList& errors)
    : map_(&map), title_(std::move(title)), at_(at) {
  check_keys(sections, properties, context, errors);
}

void Section::check_keys(std::span<const std::string_view> sections, bool properties, const SpecContext& context,
                         ErrorList& errors) {
  const auto mine = [&](const Option& o) {
    return std::find(sections.begin(), sections.end(), o.section) != sections.end();
  };
  std::vector<std::string_view> names;
  for (const auto& option : context.options)
    if (mine(option) && std::find(names.begin(), names.end(), option.name) == names.end()) names.push_back(option.name);
  std::set<std::string> meant;  // a misspelled option is not missing too
  for (const auto& entry : map_->entries) {
    const auto option = std::find_if(context.options.begin(), context.options.end(),
                                     [&](const Option& o) { return o.name == entry.key && mine(o); });
    if (option != context.options.end())
      check_value(*option, entry, errors);
    else if (!properties || entry.key.find('.') == std::string::npos) {
      errors.add(entry.at, entry.key, fmt::format("unknown option of {}", title_), suggest(entry.key, names));
      meant.insert(nearest(entry.key, names));
    }
  }
  for (const auto& option : context.options) {
    if (!mine(option) || map_->find(option.name)) continue;
    if (option.required && !meant.count(std::string(option.name)))
      errors.add(at_, "", fmt::format("{} needs `{}`", title_, option.name),
                 fmt::format("write {}", expectation(option)));
    if (option.fallback.empty()) continue;
    const std::string text(option.fallback);
    if (option.type == OptionType::integer && has_choice(option, text))
      values_.emplace(option.name, text);
    else if (auto value = convert(option, text))
      values_.emplace(option.name, std::move(*value));
  }
}

void Section::check_value(const Option& option, const YamlEntry& entry, ErrorList& errors) {
  if (entry.value.failed || (option.section == "stage" && option.name == "actor"))
    return;  // stages.cpp has judged the kind
  // `long_text: {windows: ...}` means its first key.
  const bool nested = entry.value.is_map() && !entry.value.entries.empty();
  const std::string word = nested ? entry.value.entries.front().key : entry.value.text;
  if (const auto* later = not_built(option.section, option.name, word)) {
    const bool any = later->value.empty();
    errors.add(any ? entry.at : entry.value.at, "",
               any ? fmt::format("`{}:` is not built yet", option.name) : fmt::format("`{}` is not built yet", word),
               std::string(later->instead));
    return;
  }
  if (option.type == OptionType::map) {
    if (!entry.value.is_map() && entry.value.kind != YamlNode::Kind::null) report_type(option, entry.value, errors);
    return;
  }
  if (auto value = read_option(option, entry.value, errors)) values_.emplace(option.name, std::move(*value));
}

std::vector<std::string> Section::list(std::string_view name) const {
  return get<std::vector<std::string>>(name).value_or(std::vector<std::string>{});
}

Place Section::at(std::string_view name) const {
  const auto* found = node(name);
  return found ? found->at : at_;
}

}  // namespace weir
