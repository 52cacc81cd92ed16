#include "pipeline/spec/schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/not_built.hpp"
#include "pipeline/spec/section.hpp"
#include "pipeline/spec/stage_shapes.hpp"

namespace weir {
namespace {

using Json = nlohmann::ordered_json;

Json interpolated() { return {{"type", "string"}, {"pattern", "\\$\\{"}}; }
Json any_scalar() { return {{"type", {"string", "number", "boolean"}}}; }

std::vector<std::string_view> built_choices(const Option& option) {
  std::vector<std::string_view> words;
  for (const auto word : split_choices(option.choices))
    if (!not_built(option.section, option.name, word)) words.push_back(word);
  return words;
}

Json number_type(const Option& option, std::string_view type) {
  Json json{{"type", type}};
  if (option.min) json["minimum"] = *option.min;
  if (option.max) json["maximum"] = *option.max;
  return json;
}

// What the option's value looks like; a value may always be ${...} instead, except where any text is good.
Json value_type(const Option& option) {
  const auto words = built_choices(option);
  Json any = Json::array();
  switch (option.type) {
    case OptionType::string: return any_scalar();
    case OptionType::integer:
      any.push_back(number_type(option, "integer"));
      if (!words.empty()) any.push_back({{"enum", words}});
      break;
    case OptionType::number: any.push_back(number_type(option, "number")); break;
    case OptionType::boolean: any.push_back({{"type", "boolean"}}); break;
    case OptionType::size:
      any.push_back({{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)?([KMGT]iB|[kMGT]?B)$"}});
      break;
    case OptionType::duration:
      any.push_back({{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$"}});
      break;
    case OptionType::choice: any.push_back({{"enum", words}}); break;
    case OptionType::list: {
      const Json item = words.empty() ? Json{{"type", "string"}} : Json{{"anyOf", {{{"enum", words}}, interpolated()}}};
      return {{"anyOf", {item, {{"type", "array"}, {"items", item}, {"minItems", 1}}}}};
    }
    case OptionType::map: return {{"type", {"object", "null"}}};
  }
  any.push_back(interpolated());
  return {{"anyOf", any}};
}

class SchemaWriter {
 public:
  explicit SchemaWriter(Options options) : options_(options) {}

  std::string run() {
    Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "weir dataflow"}};
    schema.update(mapping({"file"}));
    return schema.dump(2) + "\n";
  }

 private:
  Json mapping(const std::vector<std::string_view>& sections) {
    Json properties = Json::object(), required = Json::array();
    for (const auto section : sections) {
      for (const auto& option : options_) {
        if (option.section != section || !is_built(option)) continue;
        properties[std::string(option.name)] = property(option);
        if (option.required) required.push_back(option.name);
      }
    }
    Json json{{"type", {"object", "null"}}, {"properties", properties}, {"additionalProperties", false}};
    if (!required.empty()) {
      json["type"] = "object";
      json["required"] = required;
    }
    return json;
  }

  Json property(const Option& option) {
    Json json{{"description", option.text}};
    if (!option.fallback.empty()) json["description"] = fmt::format("{} Default: {}.", option.text, option.fallback);
    json.update(option.type == OptionType::map ? nested(option) : value_type(option));
    return json;
  }

  Json nested(const Option& option) {
    if (option.name == "kafka") return {{"type", {"object", "null"}}, {"additionalProperties", any_scalar()}};
    if (option.name == "models") return {{"type", "object"}, {"additionalProperties", mapping({"models.*"})}};
    if (option.name == "dataflow") return {{"type", "object"}, {"additionalProperties", stage()}};
    if (option.name == "pooler") return mapping({"models.*.pooler"});
    if (option.name == "create_topics") return mapping({"delivery.create_topics"});
    if (option.section == "file") return mapping({option.name});
    return {{"type", {"object", "null"}}, {"additionalProperties", {{"type", "string"}}}};
  }

  // One stage: its kind decides what else it may have.
  Json stage() {
    Json kinds = Json::array(), cases = Json::array();
    for (const auto& kind : stage_shapes()) {
      kinds.push_back(kind.name);
      std::vector<std::string_view> sections;
      for (const auto section : kind.sections)
        if (!section.empty()) sections.push_back(section);
      Json then = mapping(sections);
      then["properties"]["actor"] = {{"const", kind.name}};
      if (kind.is_source())
        then["properties"].erase("from");
      else
        then["required"].push_back("from");
      if (kind.name.starts_with("kafka")) then["patternProperties"] = {{"\\.", any_scalar()}};
      cases.push_back({{"if", {{"properties", {{"actor", {{"const", kind.name}}}}}}}, {"then", then}});
    }
    return {
        {"type", "object"}, {"required", {"actor"}}, {"properties", {{"actor", {{"enum", kinds}}}}}, {"allOf", cases}};
  }

  Options options_;
};

struct Heading {
  std::string_view section, title, text;
};

constexpr Heading headings[] = {
    {"file", "The file", "One YAML file is one dataflow. Names under `models:` and `dataflow:` are yours."},
    {"kafka", "kafka",
     "Any librdkafka property may stand here, under its own name; a Kafka stage may set its own beside its options "
     "(every key "
     "with a dot is a property)."},
    {"models.*", "models, each", ""},
    {"models.*.pooler", "models, each: pooler", ""},
    {"stage", "Every stage", ""},
    {"input", "Every source", ""},
    {"kafka_source", "kafka_source", "Reads records of Kafka topics; gives records."},
    {"file_source", "file_source", "Reads the lines of a file or of stdin; gives records."},
    {"tokenizer", "tokenizer", "Reads records; gives tokens."},
    {"batcher", "batcher", "Reads tokens; gives batches, cut when a device asks for one."},
    {"gpu_worker", "gpu_worker", "Reads batches, runs the model on a device (a GPU or the CPU); gives hidden states."},
    {"pooler", "pooler",
     "Reads the hidden states of a gpu_worker; gives results. Overrides the model's `pooler:` field by field."},
    {"output", "Every sink", ""},
    {"kafka_sink", "kafka_sink", "Reads results, writes them to a topic."},
    {"file_sink", "file_sink", "Reads results, writes them to a file or to stdout."},
    {"delivery", "delivery", ""},
    {"delivery.create_topics", "delivery: create_topics", ""},
    {"memory", "memory", ""},
    {"http", "http", ""},
};

// Text inside a table cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string takes(const Option& option) {
  std::string text = expectation(option);
  std::vector<std::string_view> later;
  for (const auto word : split_choices(option.choices))
    if (not_built(option.section, option.name, word)) later.push_back(word);
  if (later.empty() && !is_built(option)) return text + " (not built yet)";
  return later.empty() ? text : fmt::format("{} (not built yet: {})", text, fmt::join(later, ", "));
}

}  // namespace

std::string json_schema(Options options) { return SchemaWriter(options).run(); }

std::string option_reference(Options options) {
  std::string out =
      "# Options\n\n"
      "Every option of a dataflow file. This page is generated from the option table by `weir schema --format "
      "markdown`.\n\n"
      "Values may use `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${file:/run/secrets/x}` and `$$` for a "
      "dollar sign; inside "
      "`{ }` quote\nsuch a value. Sizes are written as `64MiB`, durations as `5s` or `100ms`. `{actor: model, ...}` "
      "stands for "
      "tokenizer, batcher,\ngpu_worker and pooler, and takes the options of all four.\n";
  for (const auto& [section, title, text] : headings) {
    out += fmt::format("\n## {}\n\n", title);
    if (!text.empty()) out += fmt::format("{}\n\n", text);
    out += "| option | takes | default | meaning |\n|---|---|---|---|\n";
    for (const auto& option : options) {
      if (option.section != section) continue;
      const std::string fallback = option.required           ? "required"
                                   : option.fallback.empty() ? ""
                                                             : fmt::format("`{}`", option.fallback);
      out += fmt::format("| `{}` | {} | {} | {} |\n", option.name, cell(takes(option)), fallback, cell(option.text));
    }
  }
  return out;
}

}  // namespace weir
