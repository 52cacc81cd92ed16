#include "pooling/inspect.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pooling/pooler_choice.hpp"

namespace weir {
namespace {

std::string quoted(const std::string& text) { return fmt::format("\"{}\"", text); }

std::string labels(const ModelFacts& facts) {
  constexpr size_t shown = 8;
  const size_t count = facts.labels.size();
  const std::vector<std::string> first(facts.labels.begin(),
                                       facts.labels.begin() + static_cast<long>(std::min(count, shown)));
  return fmt::format("{}{}", fmt::join(first, ", "), count > shown ? fmt::format(", … ({} in all)", count) : "");
}

void describe_pooler(const ModelFacts& facts, Task task, std::vector<InspectLine>& out) {
  const PoolerFacts& pooler = facts.poolers.at(task);
  const std::string section(to_string(task));
  const auto add = [&](std::string name, std::string value, Origin origin) {
    out.push_back({section, std::move(name), std::move(value), std::string(to_string(origin))});
  };
  std::vector<std::string_view> kinds;
  for (PoolerKind kind : pooler.kinds.value) kinds.push_back(to_string(kind));
  if (task == Task::score) out.push_back({section, "method", std::string(to_string(facts.score_method)), ""});
  add("pooler", fmt::format("{}", fmt::join(kinds, " + ")), pooler.kinds.origin);
  add("use_activation", pooler.use_activation.value ? "true" : "false", pooler.use_activation.origin);
  add("activation", std::string(to_string(pooler.activation.value)), pooler.activation.origin);
  if (pooler.dimensions.value != 0)
    add("dimensions", fmt::to_string(pooler.dimensions.value), pooler.dimensions.origin);
  out.push_back({section, "width", fmt::to_string(pooler.width), ""});
}

}  // namespace

std::vector<InspectLine> inspect(const ModelFacts& facts) {
  std::vector<InspectLine> out;
  const auto add = [&](std::string name, std::string value, std::string_view origin = "") {
    out.push_back({"model", std::move(name), std::move(value), std::string(origin)});
  };
  add("name", facts.name);
  add("architecture", facts.architecture, to_string(Origin::model_config));
  add("tasks", task_names(facts.tasks));
  add("max_tokens", fmt::to_string(facts.max_tokens.value), to_string(facts.max_tokens.origin));
  add("truncates", facts.truncate_start.value ? "the start" : "the end", to_string(facts.truncate_start.origin));
  add("layers", fmt::to_string(facts.layers));
  add("hidden_size", fmt::to_string(facts.hidden_size));
  add("vocabulary", fmt::to_string(facts.vocab_size));
  add("weights",
      fmt::format("{} MiB as float32, stored as {}", facts.weight_bytes_fp32 >> 20, to_string(facts.stored_dtype)));
  add("digest", facts.digest);
  if (!facts.labels.empty()) add("labels", labels(facts), to_string(Origin::model_config));
  if (facts.is_matryoshka)
    add("matryoshka", facts.matryoshka.empty() ? "any size" : fmt::format("{}", fmt::join(facts.matryoshka, ", ")),
        to_string(Origin::model_config));
  for (const auto& [name, text] : facts.prompts)
    add("prompt " + name, quoted(text) + (facts.default_prompt == name ? " (default)" : ""),
        to_string(Origin::sentence_transformers));
  if (!facts.include_prompt) add("include_prompt", "false", to_string(Origin::sentence_transformers));
  for (Task task : facts.tasks) describe_pooler(facts, task, out);
  return out;
}

}  // namespace weir
