#include "pooling/pooler_choice.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir {
namespace {

PoolerFacts embedder(const ModelConfig& config, const SentenceTransformers& files) {
  PoolerFacts pooler;
  pooler.activation = {OutputActivation::l2_normalize, Origin::task_default};
  pooler.kinds = {{PoolerKind::cls}, Origin::model_class};
  pooler.use_activation = {true, Origin::model_class};
  if (files.has_pooling) {
    pooler.kinds = {files.kinds, Origin::sentence_transformers};
    pooler.use_activation = {files.normalize, Origin::sentence_transformers};
  }
  pooler.width = config.hidden_size * static_cast<uint32_t>(pooler.kinds.value.size());
  if (!files.dense.empty()) {
    pooler.head_in = files.dense.front().layer.in;
    pooler.width = files.dense.back().layer.out;
  }
  if (files.truncate_dim != 0 && files.truncate_dim < pooler.width)
    pooler.dimensions = {files.truncate_dim, Origin::sentence_transformers};
  return pooler;
}

// Dense layers work on the pooled row, not on tokens.
PoolerFacts token_embedder(const ModelConfig& config, const PoolerFacts& embed) {
  PoolerFacts tokens;
  tokens.kinds = {{PoolerKind::all}, Origin::task_default};
  tokens.use_activation = embed.use_activation;
  tokens.activation = embed.activation;
  tokens.width = config.hidden_size;
  return tokens;
}

// The activation of a classifier or cross-encoder head, strongest first: what sentence-transformers' CrossEncoder
// wrote, problem_type, the number of labels. A softmax over one label would always say 1, so it means sigmoid.
Result<Setting<OutputActivation>> head_activation(const ModelConfig& config, const SentenceTransformers& files) {
  using Activation = Setting<OutputActivation>;
  const auto by_labels = config.labels.size() < 2 ? OutputActivation::sigmoid : OutputActivation::softmax;
  const std::string& path = files.activation_fn.empty() ? config.cross_encoder_activation : files.activation_fn;
  if (!path.empty()) {
    if (path.starts_with("torch.nn.") && path.ends_with(".Softmax"))
      return Activation{by_labels, Origin::sentence_transformers};
    const auto known = activation_from_path(path);
    if (known == kernels::Activation::none)
      return Activation{OutputActivation::identity, Origin::sentence_transformers};
    if (known == kernels::Activation::sigmoid)
      return Activation{OutputActivation::sigmoid, Origin::sentence_transformers};
    return fail(ErrorCode::unsupported,
                fmt::format("{}: the cross-encoder's `activation_fn` is `{}`; weir knows Identity, Sigmoid "
                            "and Softmax of torch.nn",
                            config.dir.string(), path));
  }
  switch (config.problem_type) {
    case ProblemType::regression: return Activation{OutputActivation::identity, Origin::model_config};
    case ProblemType::multi_label_classification: return Activation{OutputActivation::sigmoid, Origin::model_config};
    case ProblemType::single_label_classification: return Activation{by_labels, Origin::model_config};
    case ProblemType::unset: break;
  }
  return Activation{by_labels, Origin::task_default};
}

PoolerFacts classifier(const ModelConfig& config, Setting<OutputActivation> activation, PoolerKind kind) {
  PoolerFacts pooler;
  pooler.kinds = {{kind}, Origin::model_class};
  pooler.use_activation = {true, Origin::task_default};
  pooler.activation = activation;
  pooler.width = static_cast<uint32_t>(config.labels.size());
  pooler.head_in = config.hidden_size;
  return pooler;
}

void add(ModelFacts& facts, Task task, PoolerFacts pooler) {
  facts.tasks.push_back(task);
  facts.poolers.insert_or_assign(task, std::move(pooler));
}

Result<void> apply_kinds(const std::vector<PoolerKind>& kinds, ModelFacts& facts) {
  const auto refuse = [](std::string why) { return fail(ErrorCode::invalid_config, std::move(why)); };
  if (kinds.empty()) return refuse("`type` names no pooler");
  const bool all = std::find(kinds.begin(), kinds.end(), PoolerKind::all) != kinds.end();
  const Task task = facts.tasks.front();
  if (all && (kinds.size() > 1 || !is_per_token(task)))
    return refuse(
        fmt::format("`all` keeps every token's row, which task {} cannot; use task token_embed or token_classify",
                    to_string(task)));
  if (!all && is_per_token(task))
    return refuse(fmt::format("task {} keeps every token's row: its pooler can only be `all`", to_string(task)));
  if (all) return {};  // what a token task has anyway
  for (auto& [key, pooler] : facts.poolers) {
    if (is_per_token(key)) continue;
    const auto width = facts.hidden_size * static_cast<uint32_t>(kinds.size());
    if (pooler.head_in != 0 && pooler.head_in != width)
      return refuse(fmt::format("{} poolers give {} columns, the layer behind them takes {}", kinds.size(), width,
                                pooler.head_in));
    if (pooler.head_in == 0) pooler.width = width;
    pooler.kinds = {kinds, Origin::yaml};
  }
  return {};
}

Result<void> apply_dimensions(uint32_t dimensions, ModelFacts& facts) {
  const PoolerFacts& chosen = facts.poolers.at(facts.tasks.front());
  if (auto allowed = check_dimensions(facts, chosen, dimensions); !allowed) return allowed;
  for (auto& [task, pooler] : facts.poolers)
    if (check_dimensions(facts, pooler, dimensions)) pooler.dimensions = {dimensions, Origin::yaml};
  return {};
}

}  // namespace

std::string task_names(const std::vector<Task>& tasks) {
  std::vector<std::string_view> names;
  for (Task task : tasks) names.push_back(to_string(task));
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<void> choose_poolers(const ModelConfig& config, const SentenceTransformers& files, ModelFacts& facts) {
  facts.include_prompt = files.include_prompt;
  facts.score_method = ScoreMethod::bi_encoder;
  // sentence-transformers loads the body alone when there is a Pooling module, whatever head the weights carry.
  if (config.head == ModelHead::none || files.has_pooling) {
    const PoolerFacts embed = embedder(config, files);
    add(facts, Task::embed, embed);
    add(facts, Task::score, embed);
    add(facts, Task::token_embed, token_embedder(config, embed));
  } else {
    const auto activation = head_activation(config, files);
    if (!activation) return fail(activation.error());
    facts.labels = config.labels;
    if (config.head == ModelHead::token_classification) {
      add(facts, Task::token_classify, classifier(config, *activation, PoolerKind::all));
    } else {
      if (config.labels.size() == 1) {
        facts.score_method = ScoreMethod::cross_encoder;
        add(facts, Task::score, classifier(config, *activation, PoolerKind::cls));
      }
      add(facts, Task::classify, classifier(config, *activation, PoolerKind::cls));
    }
  }
  facts.output_size = facts.poolers.at(facts.tasks.front()).width;
  return {};
}

Result<void> check_dimensions(const ModelFacts& facts, const PoolerFacts& pooler, uint32_t dimensions) {
  const auto refuse = [](std::string why) { return fail(ErrorCode::invalid_request, std::move(why)); };
  if (pooler.activation.value != OutputActivation::l2_normalize)
    return refuse("`dimensions` cuts embeddings; classes and scores have none");
  if (!facts.is_matryoshka)
    return refuse(
        fmt::format("`dimensions` is {}, but {} was not trained for cut vectors (config.json has neither is_matryoshka "
                    "nor matryoshka_dimensions); its vectors have {}",
                    dimensions, facts.name, pooler.width));
  if (!facts.matryoshka.empty() && dimensions != pooler.width &&
      std::find(facts.matryoshka.begin(), facts.matryoshka.end(), dimensions) == facts.matryoshka.end())
    return refuse(
        fmt::format("`dimensions` is {}; {} allows {}", dimensions, facts.name, fmt::join(facts.matryoshka, ", ")));
  if (dimensions < 1 || dimensions > pooler.width)
    return refuse(fmt::format("`dimensions` is {}; {} allows 1 to {}", dimensions, facts.name, pooler.width));
  return {};
}

Result<void> apply_overrides(const PoolerOverrides& overrides, std::string_view place, ModelFacts& facts) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::invalid_config, fmt::format("{}: {}", place, why));
  };
  if (overrides.task) {
    const auto at = std::find(facts.tasks.begin(), facts.tasks.end(), *overrides.task);
    if (at == facts.tasks.end())
      return refuse(fmt::format("task {} is not one that {} ({}) does; it does {}", to_string(*overrides.task),
                                facts.name, facts.architecture, task_names(facts.tasks)));
    std::rotate(facts.tasks.begin(), at, at + 1);
  }
  if (overrides.kinds)
    if (auto applied = apply_kinds(*overrides.kinds, facts); !applied) return refuse(applied.error().message);
  if (overrides.use_activation)
    for (auto& [task, pooler] : facts.poolers) pooler.use_activation = {*overrides.use_activation, Origin::yaml};
  if (overrides.dimensions)
    if (auto applied = apply_dimensions(*overrides.dimensions, facts); !applied) return refuse(applied.error().message);
  facts.output_size = facts.poolers.at(facts.tasks.front()).width;
  return {};
}

}  // namespace weir
