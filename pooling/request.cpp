#include "pooling/request.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pooling/pooler_choice.hpp"

namespace weir {
namespace {

tl::unexpected<Error> refuse(std::string why) { return fail(ErrorCode::invalid_request, std::move(why)); }

bool takes_pairs(Task task) { return task == Task::score || task == Task::classify; }

bool serves(const ModelFacts& facts, Task task) {
  return std::find(facts.tasks.begin(), facts.tasks.end(), task) != facts.tasks.end();
}

bool fits(Task task, bool pair) { return pair ? takes_pairs(task) : task != Task::score; }

}  // namespace

Result<Task> resolve_task(const ModelFacts& facts, const PoolingRequest& request) {
  if (!request.task) {
    if (request.pair && serves(facts, Task::score)) return Task::score;
    const auto task =
        std::find_if(facts.tasks.begin(), facts.tasks.end(), [&](Task t) { return fits(t, request.pair); });
    if (task != facts.tasks.end()) return *task;
    return refuse(fmt::format("{} does {}, which takes {}", facts.name, task_names(facts.tasks),
                              request.pair ? "single texts only" : "`query` and `documents`"));
  }
  if (!serves(facts, *request.task))
    return refuse(fmt::format("{} does not do task {}; it does {}", facts.name, to_string(*request.task),
                              task_names(facts.tasks)));
  if (!fits(*request.task, request.pair))
    return refuse(
        fmt::format("task {} {}", to_string(*request.task),
                    request.pair ? "takes a text, not `query` and `documents`" : "needs `query` and `documents`"));
  return *request.task;
}

Result<PoolingParams> resolve_pooling(const ModelFacts& stage, const PoolingRequest& request) {
  const auto task = resolve_task(stage, request);
  if (!task) return fail(task.error());
  const PoolerFacts& pooler = stage.poolers.at(*task);
  if (request.dimensions)
    if (auto allowed = check_dimensions(stage, pooler, *request.dimensions); !allowed) return fail(allowed.error());
  const uint32_t dimensions = request.dimensions.value_or(pooler.dimensions.value);
  return PoolingParams{*task, request.use_activation.value_or(pooler.use_activation.value),
                       dimensions == pooler.width ? 0 : dimensions};
}

bool encodes_pairs_together(const ModelFacts& facts, Task task) {
  return task != Task::score || facts.score_method == ScoreMethod::cross_encoder;
}

Result<void> check_token_ids(const ModelFacts& facts, std::span<const int32_t> ids) {
  if (ids.empty()) return refuse("`token_ids` is empty");
  if (ids.size() > facts.max_tokens.value)
    return fail(ErrorCode::too_long,
                fmt::format("`token_ids` has {} tokens, {} takes {}", ids.size(), facts.name, facts.max_tokens.value));
  for (size_t i = 0; i < ids.size(); ++i)
    if (ids[i] < 0 || static_cast<uint32_t>(ids[i]) >= facts.vocab_size)
      return refuse(fmt::format("`token_ids`[{}] is {}, the vocabulary has 0 to {}", i, ids[i], facts.vocab_size - 1));
  return {};
}

Result<std::string_view> find_prompt(const ModelFacts& facts, std::string_view name) {
  if (name.empty() && !facts.default_prompt) return std::string_view{};
  const auto prompt = facts.prompts.find(name.empty() ? *facts.default_prompt : std::string(name));
  if (prompt != facts.prompts.end()) return std::string_view(prompt->second);
  std::vector<std::string_view> names;
  for (const auto& [known, text] : facts.prompts) names.push_back(known);
  return refuse(fmt::format("`prompt_name` is `{}`; {} has {}", name, facts.name,
                            names.empty() ? "no prompts" : fmt::format("{}", fmt::join(names, ", "))));
}

}  // namespace weir
