#include "pipeline/spec/describe.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "pipeline/spec/properties.hpp"
#include "pipeline/spec/scalar.hpp"

namespace weir {
namespace {

// A YAML scalar that reads back as this text, in block and in flow context, with interpolation.
std::string scalar(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '/' || c == '-';
  };
  const bool simple = !text.empty() && text != "-" && text != "null" && text != "Null" && text != "NULL" &&
                      text[0] != '-' && std::all_of(text.begin(), text.end(), plain);
  if (simple) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else if (c == '$')
      out += "$$";
    else
      out += c;
  }
  return out + "\"";
}

// The keys and values of one mapping, in order.
class Fields {
 public:
  explicit Fields(const std::vector<std::string>& secrets) : secrets_(secrets) {}

  void add(std::string_view key, std::string_view value) { pairs_.emplace_back(key, scalar(hide(value))); }
  void add_secret(std::string_view key) { pairs_.emplace_back(key, "\"***\""); }
  void add_raw(std::string_view key, std::string value) { pairs_.emplace_back(key, std::move(value)); }
  void add_bool(std::string_view key, bool value) { add_raw(key, value ? "true" : "false"); }
  void add_list(std::string_view key, const std::vector<std::string>& values) {
    std::vector<std::string> items;
    for (const auto& value : values) items.push_back(scalar(hide(value)));
    add_raw(key, fmt::format("[{}]", fmt::join(items, ", ")));
  }

  std::string flow() const {
    std::vector<std::string> items;
    for (const auto& [key, value] : pairs_) items.push_back(fmt::format("{}: {}", key, value));
    return fmt::format("{{{}}}", fmt::join(items, ", "));
  }
  std::string block(std::string_view indent) const {
    std::string out;
    for (const auto& [key, value] : pairs_) out += fmt::format("{}{}: {}\n", indent, key, value);
    return out;
  }

 private:
  std::string_view hide(std::string_view value) const {
    for (const auto& secret : secrets_)
      if (value.find(secret) != std::string_view::npos) return "***";
    return value;
  }

  const std::vector<std::string>& secrets_;
  std::vector<std::pair<std::string, std::string>> pairs_;
};

void add_pooler(Fields& fields, const PoolerPlan& plan) {
  if (plan.kinds) {
    std::vector<std::string> names;
    for (const PoolerKind kind : *plan.kinds) names.emplace_back(to_string(kind));
    fields.add_list("type", names);
  }
  if (plan.use_activation) fields.add_bool("use_activation", *plan.use_activation);
  if (plan.dimensions) fields.add_raw("dimensions", fmt::format("{}", *plan.dimensions));
}

void add_input(Fields& fields, const InputPlan& plan) {
  fields.add("format", to_string(plan.format));
  if (!plan.fields.empty()) {
    std::vector<std::string> items;
    for (const auto& [field, pointer] : plan.fields) items.push_back(fmt::format("{}: {}", field, scalar(pointer)));
    fields.add_raw("fields", fmt::format("{{{}}}", fmt::join(items, ", ")));
  }
  fields.add("lane", to_string(plan.lane));
  fields.add("tombstones", to_string(plan.tombstones));
  fields.add("invalid_utf8", to_string(plan.invalid_utf8));
  if (!plan.prompt.empty()) fields.add("prompt", plan.prompt);
  if (!plan.prompt_name.empty()) fields.add("prompt_name", plan.prompt_name);
  if (plan.until_end_of_topic) fields.add("until", "end_of_topic");
}

void add_output(Fields& fields, const OutputPlan& plan) {
  fields.add("format", to_string(plan.format));
  fields.add("vector_type", to_string(plan.vector_type));
  fields.add("vector_encoding", to_string(plan.vector_encoding));
}

class Describer {
 public:
  Describer(const Plan& plan, const PropertyRules& rules) : plan_(plan), rules_(rules) {}

  std::string run() {
    out_ += fmt::format("name: {}\n", scalar(plan_.name));
    if (!plan_.kafka.empty()) {
      Fields fields(plan_.secrets);
      add_properties(fields, plan_.kafka, {});
      out_ += "\nkafka:\n" + fields.block("  ");
    }
    out_ += "\nmodels:\n";
    for (const auto& model : plan_.models) add_model(model);
    out_ += "\ndataflow:\n";
    for (const auto& stage : plan_.stages) add_stage(stage);
    add_delivery();
    out_ += fmt::format("\nmemory: {{limit: {}}}\n", write_size(plan_.memory_limit));
    if (!plan_.http.listen.empty()) out_ += fmt::format("\nhttp: {{listen: {}}}\n", scalar(plan_.http.listen));
    return std::move(out_);
  }

 private:
  // Those that differ from `inherited`.
  void add_properties(Fields& fields, const KafkaProperties& properties, const KafkaProperties& inherited) {
    for (const auto& [name, value] : properties) {
      const auto same = inherited.find(name);
      if (same != inherited.end() && same->second == value) continue;
      if (is_secret_property(name, rules_))
        fields.add_secret(name);
      else
        fields.add(name, value);
    }
  }

  void add_model(const ModelPlan& model) {
    Fields fields(plan_.secrets);
    fields.add("path", model.path);
    if (model.task) fields.add("task", to_string(*model.task));
    fields.add("dtype", model.dtype ? to_string(*model.dtype) : "auto");
    if (!model.aliases.empty()) fields.add_list("aliases", model.aliases);
    Fields pooler(plan_.secrets);
    add_pooler(pooler, model.pooler);
    if (pooler.flow() != "{}") fields.add_raw("pooler", pooler.flow());
    out_ += fmt::format("  {}:\n{}", model.name, fields.block("    "));
    const auto& facts = model.facts;
    if (facts.path.empty()) return;
    out_ += fmt::format("    # {}, {} layers, hidden size {}, at most {} tokens ({})\n", facts.architecture,
                        facts.layers, facts.hidden_size, facts.max_tokens.value, to_string(facts.max_tokens.origin));
    for (const auto& [task, made] : facts.poolers) {
      std::vector<std::string_view> kinds;
      for (const PoolerKind kind : made.kinds.value) kinds.push_back(to_string(kind));
      out_ += fmt::format("    # {}: pooler {} ({}), activation {} ({}), {} wide\n", to_string(task),
                          fmt::join(kinds, "+"), to_string(made.kinds.origin),
                          made.use_activation.value ? to_string(made.activation.value) : "none",
                          to_string(made.use_activation.origin), made.width);
    }
  }

  void add_stage(const StagePlan& stage) {
    Fields fields(plan_.secrets);
    fields.add("actor", shape_of(stage).name);
    if (stage.from >= 0) fields.add("from", plan_.stages[static_cast<size_t>(stage.from)].name);
    std::visit([&](const auto& options) { add_options(fields, options); }, stage.options);
    out_ += fmt::format("  {}: {}\n", stage.name, fields.flow());
  }

  void add_options(Fields& fields, const KafkaSourcePlan& plan) {
    fields.add_list("topics", plan.topics);
    fields.add("group", plan.group);
    add_input(fields, plan.input);
    add_properties(fields, plan.properties, plan_.kafka);
  }
  void add_options(Fields& fields, const FileSourcePlan& plan) {
    fields.add("path", plan.path);
    add_input(fields, plan.input);
  }
  void add_options(Fields& fields, const TokenizerPlan& plan) {
    fields.add("model", plan.model);
    fields.add_raw("replicas", fmt::format("{}", plan.replicas));
    fields.add("long_text", plan.long_text == LongText::reject ? "reject" : "truncate");
    if (plan.truncate_side) fields.add("truncate_side", to_string(*plan.truncate_side));
  }
  void add_options(Fields& fields, const BatcherPlan& plan) {
    fields.add_raw("max_tokens", plan.max_tokens ? fmt::format("{}", plan.max_tokens) : "auto");
    fields.add_raw("max_sequences", fmt::format("{}", plan.max_sequences));
    fields.add_raw("realtime_share", fmt::format("{}", plan.realtime_share));
  }
  void add_options(Fields& fields, const GpuWorkerPlan& plan) {
    fields.add("model", plan.model);
    fields.add_list("devices", plan.devices);
    fields.add_raw("threads", fmt::format("{}", plan.threads));
    fields.add_raw("restarts", fmt::format("{}", plan.restarts));
  }
  void add_options(Fields& fields, const PoolerPlan& plan) {
    if (plan.task) fields.add("task", to_string(*plan.task));
    add_pooler(fields, plan);
  }
  void add_options(Fields& fields, const KafkaSinkPlan& plan) {
    fields.add("topic", plan.topic);
    add_output(fields, plan.output);
    add_properties(fields, plan.properties, plan_.kafka);
  }
  void add_options(Fields& fields, const FileSinkPlan& plan) {
    fields.add("path", plan.path);
    add_output(fields, plan.output);
  }

  void add_delivery() {
    const auto& delivery = plan_.delivery;
    Fields fields(plan_.secrets);
    fields.add("guarantee", "at_least_once");
    if (!delivery.dead_letter_topic.empty()) fields.add("dead_letter_topic", delivery.dead_letter_topic);
    if (const auto& create = delivery.create_topics)
      fields.add_raw("create_topics",
                     fmt::format("{{partitions: {}, replication: {}}}", create->partitions, create->replication));
    fields.add_raw("commit_interval", write_duration(delivery.commit_interval.count()));
    fields.add_raw("drain_timeout", write_duration(delivery.drain_timeout.count()));
    fields.add_raw("max_in_flight", fmt::format("{}", delivery.max_in_flight));
    fields.add_raw("breaker_window", fmt::format("{}", delivery.breaker_window));
    fields.add_raw("breaker_share", fmt::format("{}", delivery.breaker_share));
    fields.add_raw("attempts", fmt::format("{}", delivery.attempts));
    out_ += "\ndelivery:\n" + fields.block("  ");
  }

  const Plan& plan_;
  const PropertyRules& rules_;
  std::string out_;
};

}  // namespace

const StageShape& shape_of(const StagePlan& stage) { return stage_shapes()[stage.options.index()]; }

std::string describe(const Plan& plan, const PropertyRules& rules) { return Describer(plan, rules).run(); }

}  // namespace weir
