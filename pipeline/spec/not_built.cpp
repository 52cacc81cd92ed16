#include "pipeline/spec/not_built.hpp"

#include <algorithm>

namespace weir {
namespace {

constexpr NotBuilt later[] = {
    {"file", "cluster", "", "run more processes with the same file: the consumer group shares the partitions"},
    {"stage", "when", "", "remove it: every outcome goes to every sink"},
    {"stage", "at", "", "remove it: stages run in this process"},
    {"input", "until", "", "use end_of_topic, or remove it"},
    {"tokenizer", "long_text", "windows", "use truncate or reject"},
    {"output", "into", "", "remove it: outcomes are records of their own"},
    {"output", "vector_type", "int8", "use float32, float16 or bfloat16"},
    {"output", "vector_type", "binary", "use float32, float16 or bfloat16"},
    {"models.*", "dtype", "bfloat16", "use float32 or auto"},
    {"models.*", "dtype", "float16", "use float32 or auto"},
    {"models.*", "dtype", "fp8", "use float32 or auto"},
    {"models.*", "dtype", "int8", "use float32 or auto"},
    {"delivery", "guarantee", "exactly_once", "use at_least_once"},
};

}  // namespace

const NotBuilt* not_built(std::string_view section, std::string_view name, std::string_view value) {
  // `until:` also takes a time, a count or an offset: all but the first begin with a digit.
  if (section == "input" && name == "until" && !value.empty() && (value[0] < '0' || value[0] > '9') &&
      value != "offset")
    return nullptr;
  for (const auto& entry : later)
    if (entry.section == section && entry.name == name && (entry.value.empty() || entry.value == value)) return &entry;
  return nullptr;
}

bool is_built(const Option& option) {
  const auto words = split_choices(option.choices);
  if (words.empty()) return !not_built(option.section, option.name, "");
  return std::any_of(words.begin(), words.end(),
                     [&](auto word) { return !not_built(option.section, option.name, word); });
}

std::vector<std::string_view> split_choices(std::string_view choices) {
  std::vector<std::string_view> words;
  while (!choices.empty()) {
    const size_t bar = choices.find('|');
    words.push_back(choices.substr(0, bar));
    choices = bar == std::string_view::npos ? std::string_view{} : choices.substr(bar + 1);
  }
  return words;
}

}  // namespace weir
