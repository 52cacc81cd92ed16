#include "pipeline/spec/stages.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "messages/field_map.hpp"
#include "pipeline/spec/properties.hpp"
#include "pipeline/spec/suggest.hpp"

namespace weir {
namespace {

// Names that would be read as something else in metrics, on the command line or in `devices:`.
constexpr std::array<std::string_view, 4> reserved_names{"all", "none", "weir", "dead_letter"};

template <typename E>
E enum_or(const std::optional<std::string>& text, std::optional<E> (*from_string)(std::string_view), E fallback) {
  return text ? from_string(*text).value_or(fallback) : fallback;
}

uint32_t u32(const std::optional<int64_t>& value, uint32_t fallback = 0) {
  return value ? static_cast<uint32_t>(*value) : fallback;
}

class StageReader {
 public:
  StageReader(const std::vector<ModelPlan>& models, const KafkaDefaults& kafka, const SpecContext& context,
              ErrorList& errors)
      : models_(models), kafka_(kafka), context_(context), errors_(errors) {
    if (kafka_.node) check_together(kafka_.properties, KafkaUse::any, kafka_.node->at);
  }

  void read(const YamlEntry& entry, std::vector<StageDraft>& out) {
    StageDraft draft;
    draft.name = entry.key;
    draft.at = entry.at;
    check_name(entry);
    if (!entry.value.is_map()) {
      errors_.add(entry.value.at, describe(entry.value), fmt::format("stage `{}` is not a mapping", entry.key),
                  "write {actor: ..., from: ...}");
      out.push_back(std::move(draft));
      return;
    }
    draft.kind = read_kind(entry);
    draft.from = read_from(entry.value, draft.kind, entry);
    draft.meant = draft.kind ? draft.kind : meant_kind(entry);
    if (draft.meant) draft.options = read_options(*draft.meant, entry);
    if (draft.kind && draft.kind->name == "model")
      expand(draft, out);
    else
      finish(std::move(draft), out);
  }

 private:
  void check_name(const YamlEntry& entry) {
    if (!is_plain_name(entry.key))
      errors_.add(entry.at, entry.key, "not a stage's name",
                  "use at most 64 letters, digits, _ - and ., a letter first");
    else if (std::find(reserved_names.begin(), reserved_names.end(), entry.key) != reserved_names.end())
      errors_.add(entry.at, entry.key, "this name is reserved", "choose another");
  }

  const StageShape* read_kind(const YamlEntry& entry) {
    const YamlNode* actor = entry.value.find("actor");
    const auto names = kind_names();
    if (!actor) {
      if (!misspelled(entry.value, "actor"))
        errors_.add(entry.at, "", fmt::format("stage `{}` needs `actor`", entry.key), suggest("", names));
      else if (!meant_kind(entry))  // else its Section reports the key
        errors_.add(entry.at, "", fmt::format("stage `{}` needs `actor`, which is misspelled", entry.key));
      return nullptr;
    }
    if (actor->failed) return nullptr;
    const auto* kind = actor->is_scalar() ? find_stage_shape(actor->text) : nullptr;
    if (!kind) errors_.add(actor->at, describe(*actor), "no such stage kind", suggest(actor->text, names));
    return kind;
  }

  // By its spelling, else the kind that knows most of the keys.
  const StageShape* meant_kind(const YamlEntry& entry) const {
    const YamlNode* actor = entry.value.find("actor");
    if (actor && actor->is_scalar())
      if (const auto* kind = find_stage_shape(nearest(actor->text, kind_names()))) return kind;
    const StageShape* best = nullptr;
    size_t most = 0;
    for (const auto& kind : stage_shapes()) {
      const size_t known = familiarity(kind, entry.value);
      if (known <= most) continue;
      most = known;
      best = &kind;
    }
    return best;
  }

  // How well a kind's own options match the keys: two for each that is one, one for each that is spelled nearly so.
  size_t familiarity(const StageShape& kind, const YamlNode& stage) const {
    std::vector<std::string_view> names;
    for (const auto& option : context_.options)
      if (option.section != "stage" &&
          std::find(kind.sections.begin(), kind.sections.end(), option.section) != kind.sections.end())
        names.push_back(option.name);
    size_t points = 0;
    for (const auto& entry : stage.entries) {
      const auto near = nearest(entry.key, names);
      points += near.empty() ? 0 : near == entry.key ? 2 : 1;
    }
    return points;
  }

  static std::vector<std::string_view> kind_names() {
    std::vector<std::string_view> names;
    for (const auto& kind : stage_shapes()) names.push_back(kind.name);
    return names;
  }

  // The key that was meant to be `name`, where that is missing.
  static const YamlEntry* misspelled(const YamlNode& stage, std::string_view name) {
    for (const auto& entry : stage.entries)
      if (!nearest(entry.key, {name}).empty()) return &entry;
    return nullptr;
  }

  std::vector<StageReference> read_from(const YamlNode& stage, const StageShape* kind, const YamlEntry& entry) {
    const YamlNode* from = stage.find("from");
    if (!from) {
      if (kind && !kind->is_source() && !misspelled(stage, "from"))
        errors_.add(entry.at, "", fmt::format("stage `{}` needs `from`", entry.key),
                    fmt::format("name the stage whose {} it reads", to_string(kind->reads)));
      return {};
    }
    if (kind && kind->is_source()) {
      errors_.add(from->at, describe(*from), fmt::format("a {} reads no other stage", kind->name), "remove `from`");
      return {};
    }
    std::vector<StageReference> refs;
    if (from->is_scalar() && !from->failed) refs.push_back({from->text, from->at});
    for (const auto& item : from->items)
      if (item.is_scalar() && !item.failed) refs.push_back({item.text, item.at});
    if (refs.size() > 1)
      errors_.add(from->at, "", "fan-in (`from` with several stages) is not built yet",
                  "give each source its own chain, or let one kafka_source read all topics");
    return refs;
  }

  std::shared_ptr<const Section> read_options(const StageShape& kind, const YamlEntry& entry) {
    const auto end = std::find(kind.sections.begin(), kind.sections.end(), "");
    const auto count = static_cast<size_t>(end - kind.sections.begin());
    const bool properties = is_kafka(kind);
    return std::make_shared<const Section>(entry.value, std::span(kind.sections).first(count), std::string(kind.name),
                                           entry.at, properties, context_, errors_);
  }

  static bool is_kafka(const StageShape& kind) { return kind.name.substr(0, 5) == "kafka"; }

  void expand(const StageDraft& model, std::vector<StageDraft>& out) {
    std::vector<StageReference> from = model.from;
    for (const std::string_view kind : {"tokenizer", "batcher", "gpu_worker", "pooler"}) {
      StageDraft draft = model;
      draft.kind = draft.meant = find_stage_shape(kind);
      if (kind != "pooler") draft.name = fmt::format("{}.{}", model.name, kind);
      draft.from = std::exchange(from, {{draft.name, model.at}});
      finish(std::move(draft), out);
    }
  }

  // Turns the options into the stage's plan.
  void finish(StageDraft draft, std::vector<StageDraft>& out) {
    if (draft.kind) {
      const Section& options = *draft.options;
      const auto name = draft.kind->name;
      if (name == "kafka_source") draft.plan = kafka_source(options);
      if (name == "file_source") draft.plan = FileSourcePlan{options.text("path").value_or(""), input(options)};
      if (name.starts_with("file_") && options.text("format") == "flatbuffers")
        errors_.add(options.at("format"), "flatbuffers", "a file has one record a line, and these are no lines",
                    "write json or text");
      if (name == "tokenizer") draft.plan = tokenizer(options);
      if (name == "batcher") draft.plan = batcher(options);
      if (name == "gpu_worker") draft.plan = gpu_worker(options);
      if (name == "pooler") draft.plan = pooler(options);
      if (name == "kafka_sink")
        draft.plan =
            KafkaSinkPlan{options.text("topic").value_or(""), output(options), properties(options, KafkaUse::sink)};
      if (name == "file_sink") draft.plan = FileSinkPlan{options.text("path").value_or(""), output(options)};
    }
    out.push_back(std::move(draft));
  }

  KafkaProperties properties(const Section& options, KafkaUse use) {
    KafkaProperties all = kafka_.properties;
    read_properties(options.map(), PropertyKeys::with_dot, context_, errors_, all);
    if (!options.given("bootstrap.servers") && !(kafka_.node && kafka_.node->find("bootstrap.servers")))
      errors_.add(options.at(), "", fmt::format("{} has no `bootstrap.servers`", options.title()),
                  "write `kafka: {bootstrap.servers: \"host:9092\"}` at the top of the file");
    check_together(all, use, options.at());
    return all;
  }

  // What is wrong with the inherited properties is said once.
  void check_together(const KafkaProperties& properties, KafkaUse use, Place at) {
    if (!context_.properties.check_together) return;
    for (const auto& error : context_.properties.check_together(properties, use))
      if (said_.insert(error.message).second) errors_.add(at, "", error.message);
  }

  KafkaSourcePlan kafka_source(const Section& options) {
    return {options.list("topics"), options.text("group").value_or(""), input(options),
            properties(options, KafkaUse::source)};
  }

  InputPlan input(const Section& options) {
    InputPlan plan;
    plan.format = enum_or(options.text("format"), record_format_from_string, plan.format);
    plan.lane = enum_or(options.text("lane"), lane_from_string, plan.lane);
    plan.tombstones = enum_or(options.text("tombstones"), tombstones_from_string, plan.tombstones);
    plan.invalid_utf8 = enum_or(options.text("invalid_utf8"), invalid_utf8_from_string, plan.invalid_utf8);
    plan.prompt = options.text("prompt").value_or("");
    plan.prompt_name = options.text("prompt_name").value_or("");
    plan.until_end_of_topic = options.text("until") == "end_of_topic";
    if (options.given("prompt") && options.given("prompt_name"))
      errors_.add(options.at("prompt_name"), plan.prompt_name, "`prompt` and `prompt_name` exclude each other",
                  "keep one");
    read_fields(options, plan);
    return plan;
  }

  void read_fields(const Section& options, InputPlan& plan) {
    const YamlNode* fields = options.node("fields");
    if (!fields || !fields->is_map()) return;
    if (options.text("format") && plan.format != RecordFormat::json)
      errors_.add(fields->at, "", fmt::format("`fields` maps JSON, but the format is {}", to_string(plan.format)),
                  "remove one");
    for (const auto& [at, key, value] : fields->entries) {
      if (!job_field_from_string(key)) {
        errors_.add(at, key, "a job has no such field", suggest(key, job_field_names()));
      } else if (!value.failed) {
        if (!value.is_scalar() || !FieldMap::foreign({{key, value.text}}))
          errors_.add(value.at, describe(value), fmt::format("`{}` takes a JSON Pointer", key), "write /name/of/field");
        else
          add_field(key, value, plan.fields);
      }
    }
  }

  // The fields so far fit together; with one more they may not.
  void add_field(const std::string& key, const YamlNode& pointer, std::map<std::string, std::string>& fields) {
    fields[key] = pointer.text;
    if (const auto map = FieldMap::foreign(fields); !map) {
      errors_.add(pointer.at, "", map.error().message, "map each place to one field");
      fields.erase(key);
    }
  }

  // The name of the model that a stage uses; empty when it cannot be told (reported).
  std::string model(const Section& options) {
    const auto [found, first] = model_of_.try_emplace(&options);
    if (first) found->second = resolve_model(options);
    return found->second;
  }

  std::string resolve_model(const Section& options) {
    std::vector<std::string_view> names;
    for (const auto& m : models_) names.push_back(m.name);
    const auto name = options.text("model");
    if (!name && !options.given("model")) {
      if (models_.size() == 1) return models_.front().name;
      if (!models_.empty())
        errors_.add(options.at(), "", fmt::format("{} needs `model`: there are several", options.title()),
                    suggest("", names));
      return "";
    }
    if (name && std::find(names.begin(), names.end(), *name) == names.end()) {
      if (!names.empty())
        errors_.add(options.at("model"), *name, "no such model under `models:`", suggest(*name, names));
      return "";
    }
    return name.value_or("");
  }

  TokenizerPlan tokenizer(const Section& options) {
    TokenizerPlan plan;
    plan.model = model(options);
    plan.replicas = u32(options.integer("replicas"), plan.replicas);
    if (options.text("long_text") == "reject") plan.long_text = LongText::reject;
    if (const auto side = options.text("truncate_side")) plan.truncate_side = truncate_from_string(*side);
    return plan;
  }

  BatcherPlan batcher(const Section& options) {
    BatcherPlan plan;
    plan.max_tokens = u32(options.integer("max_tokens"));
    plan.max_sequences = u32(options.integer("max_sequences"));
    plan.realtime_share = options.number("realtime_share").value_or(plan.realtime_share);
    return plan;
  }

  GpuWorkerPlan gpu_worker(const Section& options) {
    GpuWorkerPlan plan;
    plan.model = model(options);
    plan.devices = options.list("devices");
    plan.threads = u32(options.integer("threads"));
    plan.restarts = u32(options.integer("restarts"), plan.restarts);
    for (const auto& device : plan.devices) check_device(device, options.at("devices"));
    return plan;
  }

  void check_device(const std::string& device, Place at) {
    if (device == "all" || device == "cpu") return;
    if (device.substr(0, 4) == "cuda")
      errors_.add(at, device, "this weir is built without CUDA", "use cpu or all");
    else
      errors_.add(at, device, "no such device", suggest(device, {"all", "cpu"}));
  }

  PoolerPlan pooler(const Section& options) {
    PoolerPlan plan = read_pooler(options, errors_);
    if (const auto task = options.text("task")) plan.task = task_from_string(*task);
    return plan;
  }

  OutputPlan output(const Section& options) {
    OutputPlan plan;
    plan.format = enum_or(options.text("format"), record_format_from_string, plan.format);
    plan.vector_type = enum_or(options.text("vector_type"), dtype_from_string, plan.vector_type);
    plan.vector_encoding = enum_or(options.text("vector_encoding"), vector_encoding_from_string, plan.vector_encoding);
    return plan;
  }

  const std::vector<ModelPlan>& models_;
  const KafkaDefaults& kafka_;
  const SpecContext& context_;
  ErrorList& errors_;
  std::set<std::string> said_;
  std::map<const Section*, std::string>
      model_of_;  // a shorthand's section is asked twice, its errors are reported once
};

}  // namespace

bool is_plain_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= 64 && letter(name[0]) && std::all_of(name.begin(), name.end(), inner);
}

PoolerPlan read_pooler(const Section& section, ErrorList& errors) {
  PoolerPlan plan;
  if (const auto names = section.list("type"); !names.empty()) {
    plan.kinds.emplace();
    for (const auto& name : names)
      if (const auto kind = pooler_kind_from_string(name)) plan.kinds->push_back(*kind);
    if (names.size() > 1 && std::find(names.begin(), names.end(), "all") != names.end())
      errors.add(section.at("type"), "all", "`all` gives a row per token and cannot be concatenated", "name it alone");
  }
  plan.use_activation = section.boolean("use_activation");
  if (section.given("normalize")) {
    if (section.given("use_activation"))
      errors.add(section.at("normalize"), "", "`normalize` and `use_activation` are the same option", "keep one");
    plan.use_activation = section.boolean("normalize");
  }
  if (const auto dimensions = section.integer("dimensions")) plan.dimensions = static_cast<uint32_t>(*dimensions);
  return plan;
}

std::vector<StageDraft> read_stages(const YamlNode& dataflow, const std::vector<ModelPlan>& models,
                                    const KafkaDefaults& kafka, const SpecContext& context, ErrorList& errors) {
  std::vector<StageDraft> drafts;
  StageReader reader(models, kafka, context, errors);
  for (const auto& entry : dataflow.entries) reader.read(entry, drafts);
  return drafts;
}

}  // namespace weir
