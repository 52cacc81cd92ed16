#include "pipeline/spec/model_check.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "pipeline/spec/suggest.hpp"

namespace weir {
namespace {

// Whether answers to this task are vectors, or made of them (pairs scored by cosine), rather than of a head's labels.
bool embeds(const ModelFacts& facts, Task task) {
  const auto pooler = facts.poolers.find(task);
  if (pooler == facts.poolers.end()) return task == Task::embed || task == Task::token_embed;
  return pooler->second.activation.value == OutputActivation::l2_normalize;
}

std::string join_tasks(const std::vector<Task>& tasks) {
  std::vector<std::string_view> names;
  for (const Task task : tasks) names.push_back(to_string(task));
  return fmt::format("{}", fmt::join(names, ", "));
}

// Checks what one mapping says of a pooler (a model's `pooler:` or a stage) for one task.
class PoolerCheck {
 public:
  PoolerCheck(const ModelFacts& facts, Task task, const Section& section, ErrorList& errors)
      : facts_(facts), task_(task), section_(section), errors_(errors) {}

  void check(const PoolerPlan& plan) {
    check_kinds(plan);
    if (section_.given("normalize") && !embeds(facts_, task_))
      errors_.add(section_.at("normalize"), "",
                  fmt::format("`normalize` is for embeddings, and the task is {}", to_string(task_)),
                  "write use_activation: to switch sigmoid or softmax");
    check_head(plan);
    if (plan.dimensions) check_dimensions(*plan.dimensions, pooled_width(plan));
  }

 private:
  void check_kinds(const PoolerPlan& plan) {
    if (!plan.kinds) return;
    for (const PoolerKind kind : *plan.kinds) {
      if ((kind == PoolerKind::all) == is_per_token(task_)) continue;
      errors_.add(section_.at("type"), std::string(to_string(kind)),
                  fmt::format("not a pooler of task {}", to_string(task_)),
                  is_per_token(task_) ? "write all" : "write cls, last, mean, max, mean_sqrt_len or weighted_mean");
    }
  }

  // Columns of a pooled row.
  uint32_t pooled_width(const PoolerPlan& plan) const {
    const auto found = facts_.poolers.find(task_);
    if (found != facts_.poolers.end() && found->second.head_in == 0 && plan.kinds && !is_per_token(task_))
      return facts_.hidden_size * static_cast<uint32_t>(plan.kinds->size());
    return found != facts_.poolers.end() && found->second.width ? found->second.width : facts_.output_size;
  }

  // A Dense layer or a head behind the pooler fixes how many columns it gives.
  void check_head(const PoolerPlan& plan) {
    const auto found = facts_.poolers.find(task_);
    if (!plan.kinds || is_per_token(task_) || found == facts_.poolers.end() || found->second.head_in == 0) return;
    const auto columns = facts_.hidden_size * static_cast<uint32_t>(plan.kinds->size());
    if (columns == found->second.head_in) return;
    errors_.add(section_.at("type"), fmt::format("{} poolers", plan.kinds->size()),
                fmt::format("they give {} columns, the layer behind them takes {}", columns, found->second.head_in),
                fmt::format("name {}", found->second.head_in / std::max(facts_.hidden_size, 1u)));
  }

  void check_dimensions(uint32_t dimensions, uint32_t width) {
    const Place at = section_.at("dimensions");
    const std::string value = fmt::format("{}", dimensions);
    if (!embeds(facts_, task_))
      errors_.add(at, value, fmt::format("`dimensions` is for embeddings, and the task is {}", to_string(task_)),
                  "remove it");
    else if (!facts_.is_matryoshka)
      errors_.add(at, value,
                  fmt::format("{} is no matryoshka model: its vectors keep {} dimensions", facts_.name, width),
                  "remove it");
    else if (!facts_.matryoshka.empty() && dimensions != width &&
             std::find(facts_.matryoshka.begin(), facts_.matryoshka.end(), dimensions) == facts_.matryoshka.end())
      errors_.add(at, value, fmt::format("{} does not give this size", facts_.name),
                  fmt::format("one of: {}", fmt::join(facts_.matryoshka, ", ")));
    else if (dimensions > width)
      errors_.add(at, value, fmt::format("vectors of {} have {} dimensions", facts_.name, width),
                  fmt::format("write at most {}", width));
  }

  const ModelFacts& facts_;
  const Task task_;
  const Section& section_;
  ErrorList& errors_;
};

class ModelReader {
 public:
  ModelReader(const SpecContext& context, ErrorList& errors) : context_(context), errors_(errors) {}

  ModelPlan read(const YamlEntry& entry, ModelDraft& draft) {
    ModelPlan plan;
    plan.name = entry.key;
    draft.at = entry.at;
    if (!is_plain_name(entry.key))
      errors_.add(entry.at, entry.key, "not a model's name",
                  "use at most 64 letters, digits, _ - and ., a letter first");
    claim(entry.key, entry.at);
    if (!entry.value.is_map()) {
      errors_.add(entry.value.at, describe(entry.value), fmt::format("model `{}` is not a mapping", entry.key),
                  "write {path: ...}");
      return plan;
    }
    static constexpr std::array<std::string_view, 1> own{"models.*"}, nested{"models.*.pooler"};
    draft.options = std::make_shared<const Section>(entry.value, own, fmt::format("model `{}`", entry.key), entry.at,
                                                    false, context_, errors_);
    const Section& options = *draft.options;
    plan.path = options.text("path").value_or("");
    if (const auto task = options.text("task")) plan.task = task_from_string(*task);
    if (const auto dtype = options.text("dtype")) plan.dtype = dtype_from_string(*dtype);
    plan.aliases = options.list("aliases");
    for (const auto& alias : plan.aliases) claim(alias, options.at("aliases"));
    if (const auto* pooler = options.node("pooler"); pooler && pooler->is_map()) {
      draft.pooler = std::make_shared<const Section>(*pooler, nested, "pooler", pooler->at, false, context_, errors_);
      plan.pooler = read_pooler(*draft.pooler, errors_);
    }
    return plan;
  }

 private:
  void claim(const std::string& name, Place at) {
    if (!names_.insert(name).second) errors_.add(at, name, "another model has this name or alias", "rename one");
  }

  const SpecContext& context_;
  ErrorList& errors_;
  std::set<std::string> names_;
};

class ModelChecker {
 public:
  ModelChecker(const std::vector<ModelPlan>& models, const std::vector<StageDraft>& stages, ErrorList& errors)
      : models_(models), stages_(stages), errors_(errors) {}

  void check_task(const ModelPlan& model, const ModelDraft& draft) {
    if (model.task && !can(model.facts, *model.task))
      errors_.add(draft.options->at("task"), std::string(to_string(*model.task)),
                  fmt::format("{} ({}) cannot do this", model.facts.name, model.facts.architecture),
                  fmt::format("it can: {}", join_tasks(model.facts.tasks)));
    if (draft.pooler) PoolerCheck(model.facts, task_of(model), *draft.pooler, errors_).check(model.pooler);
  }

  void check_stage(const StageDraft& stage) {
    if (!stage.kind || !stage.options) return;
    if (const auto* pooler = std::get_if<PoolerPlan>(&stage.plan)) check_pooler(stage, *pooler);
    if (const auto* batcher = std::get_if<BatcherPlan>(&stage.plan)) check_batcher(stage, *batcher);
    if (const auto* source = std::get_if<KafkaSourcePlan>(&stage.plan)) check_prompt(stage, source->input);
    if (const auto* source = std::get_if<FileSourcePlan>(&stage.plan)) check_prompt(stage, source->input);
  }

 private:
  static bool can(const ModelFacts& facts, Task task) {
    return facts.tasks.empty() || std::find(facts.tasks.begin(), facts.tasks.end(), task) != facts.tasks.end();
  }

  static Task task_of(const ModelPlan& model) {
    if (model.task) return *model.task;
    return model.facts.tasks.empty() ? Task::embed : model.facts.tasks.front();
  }

  void check_pooler(const StageDraft& stage, const PoolerPlan& pooler) {
    if (stage.kind->name != "pooler") return;
    const ModelPlan* model = upstream_model(stage);
    if (!model || model->facts.path.empty()) return;
    if (pooler.task && !can(model->facts, *pooler.task))
      errors_.add(stage.options->at("task"), std::string(to_string(*pooler.task)),
                  fmt::format("{} ({}) cannot do this", model->facts.name, model->facts.architecture),
                  fmt::format("it can: {}", join_tasks(model->facts.tasks)));
    PoolerCheck(model->facts, pooler.task.value_or(task_of(*model)), *stage.options, errors_).check(pooler);
  }

  void check_batcher(const StageDraft& stage, const BatcherPlan& batcher) {
    const ModelPlan* model = upstream_model(stage);
    if (!model || batcher.max_tokens == 0 || batcher.max_tokens >= model->facts.max_tokens.value) return;
    errors_.add(stage.options->at("max_tokens"), fmt::format("{}", batcher.max_tokens),
                fmt::format("a text of {} may have {} tokens: it would never fit into a batch", model->facts.name,
                            model->facts.max_tokens.value),
                fmt::format("write at least {}, or auto", model->facts.max_tokens.value));
  }

  // A source's prompt must exist in every model that its records reach.
  void check_prompt(const StageDraft& source, const InputPlan& input) {
    if (input.prompt_name.empty()) return;
    std::set<const ModelPlan*> seen;
    for (const auto& stage : stages_) {
      const auto* tokenizer = std::get_if<TokenizerPlan>(&stage.plan);
      if (!stage.kind || !tokenizer || stage.from.empty() || stage.from.front().name != source.name) continue;
      const ModelPlan* model = find(tokenizer->model);
      if (!model || model->facts.path.empty() || !seen.insert(model).second) continue;
      if (model->facts.prompts.count(input.prompt_name)) continue;
      std::vector<std::string_view> names;
      for (const auto& [name, text] : model->facts.prompts) names.push_back(name);
      errors_.add(
          source.options->at("prompt_name"), input.prompt_name, fmt::format("{} has no such prompt", model->facts.name),
          names.empty() ? "it has none: write prompt: with the text itself" : suggest(input.prompt_name, names));
    }
  }

  // Follows `from` up to the first stage that names a model.
  const ModelPlan* upstream_model(const StageDraft& stage) const {
    const StageDraft* at = &stage;
    for (size_t steps = 0; at && steps <= stages_.size(); ++steps) {
      if (const auto* worker = std::get_if<GpuWorkerPlan>(&at->plan); worker && at->kind) return find(worker->model);
      if (const auto* tokenizer = std::get_if<TokenizerPlan>(&at->plan); tokenizer && at->kind)
        return find(tokenizer->model);
      if (at->from.empty()) return nullptr;
      const auto& name = at->from.front().name;
      const auto next = std::find_if(stages_.begin(), stages_.end(), [&](const auto& s) { return s.name == name; });
      at = next == stages_.end() ? nullptr : &*next;
    }
    return nullptr;
  }

  const ModelPlan* find(std::string_view name) const {
    const auto found = std::find_if(models_.begin(), models_.end(), [&](const auto& m) { return m.name == name; });
    return found == models_.end() ? nullptr : &*found;
  }

  const std::vector<ModelPlan>& models_;
  const std::vector<StageDraft>& stages_;
  ErrorList& errors_;
};

}  // namespace

std::vector<ModelPlan> read_models(const YamlNode& models, std::vector<ModelDraft>& drafts, const SpecContext& context,
                                   ErrorList& errors) {
  std::vector<ModelPlan> plans;
  ModelReader reader(context, errors);
  drafts.resize(models.entries.size());
  for (size_t i = 0; i < models.entries.size(); ++i) plans.push_back(reader.read(models.entries[i], drafts[i]));
  if (plans.empty()) errors.add(models.at, "", "`models` names no model", "write a name and its {path: ...}");
  if (plans.size() > 1)
    errors.add(drafts[1].at, plans[1].name, "more than one model is not built yet", "run one process for each model");
  return plans;
}

void check_models(std::vector<ModelPlan>& models, const std::vector<ModelDraft>& drafts,
                  const std::vector<StageDraft>& stages, const SpecContext& context, ErrorList& errors) {
  if (!context.probe_model) return;
  for (size_t i = 0; i < models.size(); ++i) {
    if (models[i].path.empty() || !drafts[i].options) continue;
    auto facts = context.probe_model(models[i].path);
    if (facts)
      models[i].facts = std::move(*facts);
    else
      errors.add(drafts[i].options->at("path"), models[i].path, facts.error().message);
  }
  ModelChecker checker(models, stages, errors);
  for (size_t i = 0; i < models.size(); ++i)
    if (!models[i].facts.path.empty()) checker.check_task(models[i], drafts[i]);
  for (const auto& stage : stages) checker.check_stage(stage);
}

PoolerPlan merge(const PoolerPlan& stage, const ModelPlan& model) {
  PoolerPlan merged = stage;
  if (!merged.kinds) merged.kinds = model.pooler.kinds;
  if (!merged.use_activation) merged.use_activation = model.pooler.use_activation;
  if (!merged.dimensions) merged.dimensions = model.pooler.dimensions;
  if (!merged.task) merged.task = model.task;
  return merged;
}

}  // namespace weir
