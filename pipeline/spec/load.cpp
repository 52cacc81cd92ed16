#include "pipeline/spec/load.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "pipeline/spec/advice.hpp"
#include "pipeline/spec/graph.hpp"
#include "pipeline/spec/interpolate.hpp"
#include "pipeline/spec/model_check.hpp"
#include "pipeline/spec/properties.hpp"
#include "pipeline/spec/section.hpp"
#include "pipeline/spec/stages.hpp"

namespace weir {
namespace {

constexpr size_t max_stages = 256;

// An absent or empty mapping reads as one without keys.
const YamlNode& map_or_empty(const YamlNode* node) {
  static const YamlNode empty = [] {
    YamlNode map;
    map.kind = YamlNode::Kind::map;
    return map;
  }();
  return node && node->is_map() ? *node : empty;
}

class PlanReader {
 public:
  PlanReader(const YamlNode& root, const SpecContext& context, ErrorList& errors)
      : root_(root), context_(context), errors_(errors) {}

  Plan read() {
    Plan plan;
    const Section file = section(&root_, "file", "the file", {1, 1});
    plan.name = file.text("name").value_or("");
    if (file.text("name") && !is_plain_name(plan.name))
      errors_.add(file.at("name"), plan.name, "not a dataflow's name",
                  "use at most 64 letters, digits, _ - and ., a letter first");
    plan.delivery = read_delivery();
    plan.memory_limit = section(root_.find("memory"), "memory", "memory", file.at("memory"))
                            .integer("limit")
                            .value_or(plan.memory_limit);
    plan.http = read_http();

    KafkaDefaults kafka{root_.find("kafka"), {}};
    read_properties(map_or_empty(kafka.node), PropertyKeys::all, context_, errors_, kafka.properties);
    plan.kafka = kafka.properties;

    std::vector<ModelDraft> model_drafts;
    if (const auto* models = root_.find("models"))
      plan.models = read_models(map_or_empty(models), model_drafts, context_, errors_);
    if (const auto* dataflow = root_.find("dataflow")) read_dataflow(*dataflow, kafka, model_drafts, plan);
    return plan;
  }

 private:
  Section section(const YamlNode* node, std::string_view name, std::string title, Place at) {
    const std::array<std::string_view, 1> sections{name};
    return Section(map_or_empty(node), sections, std::move(title), at, false, context_, errors_);
  }

  void read_dataflow(const YamlNode& dataflow, const KafkaDefaults& kafka, const std::vector<ModelDraft>& model_drafts,
                     Plan& plan) {
    if (dataflow.is_map() && dataflow.entries.size() > max_stages) {
      errors_.add(dataflow.at, "", fmt::format("more than {} stages", max_stages), "split the dataflow");
      return;
    }
    const auto drafts = read_stages(map_or_empty(&dataflow), plan.models, kafka, context_, errors_);
    check_models(plan.models, model_drafts, drafts, context_, errors_);
    check_dead_letters(drafts, plan);
    plan.stages = connect_stages(drafts, dataflow.at, errors_);
    check_topics(plan);
    for (auto& stage : plan.stages)
      if (auto* pooler = std::get_if<PoolerPlan>(&stage.options))
        if (const auto* model = model_of(plan, stage)) *pooler = merge(*pooler, *model);
  }

  void check_dead_letters(const std::vector<StageDraft>& drafts, const Plan& plan) {
    const auto may_be_kafka = [](const StageDraft& draft) {
      return !draft.meant || draft.meant->name == "kafka_source";
    };
    if (plan.delivery.dead_letter_topic.empty() || std::any_of(drafts.begin(), drafts.end(), may_be_kafka)) return;
    const YamlNode* topic = root_.find("delivery")->find("dead_letter_topic");
    errors_.add(topic->at, plan.delivery.dead_letter_topic, "a dead-letter topic needs a kafka_source",
                "remove it: failures are outcomes with an error");
  }

  // A source's Committer writes a topic with one set of properties, dead letters with the source's.
  void check_topics(const Plan& plan) {
    for (const auto& source : plan.stages) {
      const auto* reading = std::get_if<KafkaSourcePlan>(&source.options);
      if (!reading) continue;
      std::map<std::string_view, const KafkaProperties*> written;
      if (!plan.delivery.dead_letter_topic.empty()) written[plan.delivery.dead_letter_topic] = &reading->properties;
      for (const int index : source.sinks) {
        const auto& sink = plan.stages[static_cast<size_t>(index)];
        const auto* writing = std::get_if<KafkaSinkPlan>(&sink.options);
        if (!writing) continue;
        const auto [first, added] = written.try_emplace(writing->topic, &writing->properties);
        if (!added && *first->second != writing->properties)
          errors_.add(sink.place, writing->topic, "another stage writes this topic with other Kafka properties",
                      writing->topic == plan.delivery.dead_letter_topic
                          ? "give the source, which writes dead letters, and this sink the same"
                          : "give both the same");
      }
    }
  }

  // The model of the worker that a pooler reads.
  static const ModelPlan* model_of(const Plan& plan, const StagePlan& pooler) {
    const auto& worker = std::get<GpuWorkerPlan>(plan.stages[static_cast<size_t>(pooler.from)].options);
    for (const auto& model : plan.models)
      if (model.name == worker.model) return &model;
    return nullptr;
  }

  DeliveryPlan read_delivery() {
    const YamlNode* node = root_.find("delivery");
    const Section options = section(node, "delivery", "delivery", node ? node->at : Place{});
    DeliveryPlan plan;
    plan.dead_letter_topic = options.text("dead_letter_topic").value_or("");
    plan.commit_interval = Milliseconds(options.integer("commit_interval").value_or(plan.commit_interval.count()));
    plan.drain_timeout = Milliseconds(options.integer("drain_timeout").value_or(plan.drain_timeout.count()));
    plan.max_in_flight = static_cast<uint32_t>(options.integer("max_in_flight").value_or(plan.max_in_flight));
    plan.breaker_window = static_cast<uint32_t>(options.integer("breaker_window").value_or(plan.breaker_window));
    plan.breaker_share = options.number("breaker_share").value_or(plan.breaker_share);
    plan.attempts = static_cast<uint32_t>(options.integer("attempts").value_or(plan.attempts));
    if (const auto* create = options.node("create_topics"); create && create->kind != YamlNode::Kind::scalar) {
      const Section topic = section(create, "delivery.create_topics", "create_topics", create->at);
      plan.create_topics = CreateTopics{static_cast<int32_t>(topic.integer("partitions").value_or(1)),
                                        static_cast<int16_t>(topic.integer("replication").value_or(1))};
    }
    return plan;
  }

  HttpPlan read_http() {
    const YamlNode* node = root_.find("http");
    const Section options = section(node, "http", "http", node ? node->at : Place{});
    HttpPlan plan;
    plan.listen = options.text("listen").value_or("");
    if (plan.listen.empty()) return plan;
    const size_t colon = plan.listen.rfind(':');
    const std::string port = colon == std::string::npos ? "" : plan.listen.substr(colon + 1);
    const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || std::stoi(port) > 65535)
      errors_.add(options.at("listen"), plan.listen, "`listen` takes host:port", "write 127.0.0.1:9100");
    return plan;
  }

  const YamlNode& root_;
  const SpecContext& context_;
  ErrorList& errors_;
};

}  // namespace

tl::expected<Plan, SpecErrors> load_plan(const std::string& file, std::string_view text, const SpecContext& context) {
  ErrorList errors(file);
  YamlNode root = parse_yaml(text, errors);
  if (errors.empty() && !root.is_map())
    errors.add({1, 1}, root.is_scalar() ? root.text : "", "this is no dataflow file",
               "it begins with `name:`, `models:` and `dataflow:`");
  if (!root.is_map()) return tl::unexpected(errors.take());
  std::vector<std::string> secrets;
  interpolate(root, context, errors, secrets);
  for (const auto& secret : secrets) errors.hide(secret);
  Plan plan = PlanReader(root, context, errors).read();
  if (!errors.empty()) return tl::unexpected(errors.take());
  plan.file = file;
  plan.secrets = std::move(secrets);
  plan.advice = advise(plan);
  return plan;
}

tl::expected<Plan, SpecErrors> load_plan_file(const std::string& path, const SpecContext& context) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad())
    return tl::unexpected(SpecErrors{{path, 0, 0, "", "cannot read this file", "check its name and its permissions"}});
  return load_plan(path, text.str(), context);
}

}  // namespace weir
