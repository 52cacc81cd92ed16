#include "pipeline/spec/advice.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "pipeline/spec/scalar.hpp"

namespace weir {
namespace {

class Adviser {
 public:
  explicit Adviser(const Plan& plan) : plan_(plan) {}

  std::vector<SpecError> run() {
    std::map<std::string, Lane> lane_of;  // of each topic
    std::set<std::string> outputs;
    for (const auto& stage : plan_.stages)
      if (const auto* sink = std::get_if<KafkaSinkPlan>(&stage.options)) outputs.insert(sink->topic);
    for (const auto& stage : plan_.stages) {
      const auto* source = std::get_if<KafkaSourcePlan>(&stage.options);
      if (!source) continue;
      check_heartbeat(stage, source->properties);
      for (const auto& topic : source->topics) {
        const auto [known, first] = lane_of.try_emplace(topic, source->input.lane);
        if (!first && known->second != source->input.lane)
          say(stage, topic, "two lanes read this topic: records of one partition keep their order, whatever their lane",
              "give each lane a topic of its own");
        if (outputs.count(topic))
          say(stage, topic, "this topic is read and written: outcomes will be read as jobs", "write another topic");
        if (topic == plan_.delivery.dead_letter_topic)
          say(stage, topic, "dead letters are read again", "name another dead_letter_topic");
      }
    }
    if (!has_dead_letters())
      say_of_file("failures are written to the output topic as outcomes with an error",
                  "name a delivery.dead_letter_topic to part them");
    return std::move(advice_);
  }

 private:
  bool has_dead_letters() const {
    const auto kafka = [](const StagePlan& s) { return std::holds_alternative<KafkaSourcePlan>(s.options); };
    return !plan_.delivery.dead_letter_topic.empty() || std::none_of(plan_.stages.begin(), plan_.stages.end(), kafka);
  }

  // Three heartbeats must fit into a session, or one lost packet costs the membership.
  void check_heartbeat(const StagePlan& stage, const KafkaProperties& properties) {
    const auto value = [&](const char* name, int64_t fallback) {
      const auto found = properties.find(name);
      return found == properties.end() ? fallback : read_integer(found->second).value_or(fallback);
    };
    const int64_t session = value("session.timeout.ms", 45'000), heartbeat = value("heartbeat.interval.ms", 3'000);
    if (session < 3 * heartbeat)
      say(stage, fmt::format("{} ms", session),
          fmt::format("session.timeout.ms is less than three heartbeats of {} ms", heartbeat),
          fmt::format("write at least {}", 3 * heartbeat));
  }

  void say(const StagePlan& stage, std::string value, std::string message, std::string fix) {
    advice_.push_back(
        {plan_.file, stage.place.line, stage.place.column, std::move(value), std::move(message), std::move(fix)});
  }
  void say_of_file(std::string message, std::string fix) {
    advice_.push_back({plan_.file, 0, 0, "", std::move(message), std::move(fix)});
  }

  const Plan& plan_;
  std::vector<SpecError> advice_;
};

}  // namespace

std::vector<SpecError> advise(const Plan& plan) { return Adviser(plan).run(); }

}  // namespace weir
