#include "tests/integration/stream_check.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "kafka/client.hpp"

namespace weir::test {
namespace {

constexpr auto limit = std::chrono::seconds(60);
constexpr size_t most_complaints = 10;

std::string header_of(const RawRecord& record, std::string_view name) {
  for (const auto& header : record.headers)
    if (header.name == name && header.value) return std::string(*header.value);
  return {};
}

template <typename Visit>
void read_topic(const KafkaProperties& kafka, const std::string& topic, const Visit& visit) {
  auto reader = kafka::RecordReader::open(kafka, {topic}, limit);
  if (!reader) throw std::runtime_error(reader.error().message);
  for (;;) {
    auto read = (*reader)->read(std::chrono::milliseconds(100), visit);
    if (!read) throw std::runtime_error(read.error().message);
    if (*read == 0 && (*reader)->at_end()) return;
  }
}

}  // namespace

StreamResult read_result(const KafkaProperties& kafka, const std::string& output, const std::string& dead_letters) {
  StreamResult result;
  std::map<std::pair<int32_t, int32_t>, int64_t> last;  // input offset by output and input partition
  read_topic(kafka, output, [&](const RawRecord& record) {
    auto outcome = read_outcome(record.value.value_or(""), RecordFormat::flatbuffers);
    if (!outcome) throw std::runtime_error("an output is no outcome: " + outcome.error().message);
    ++result.outcomes;
    const std::string key(record.key.value_or(""));
    if (!result.vectors.contains(key)) {
      auto [at, fresh] = last.try_emplace({record.at.partition, outcome->partition}, -1);
      if (outcome->offset < at->second) ++result.out_of_order;
      at->second = std::max(at->second, outcome->offset);
    }
    result.vectors[key] = std::move(outcome->values);
  });
  read_topic(kafka, dead_letters, [&](const RawRecord& record) {
    ++result.letters;
    result.dead_letters[std::string(record.key.value_or(""))] = {
        std::string(record.value.value_or("")), header_of(record, "weir.dlq.reason"),
        header_of(record, "weir.dlq.origin.topic") + "/" + header_of(record, "weir.dlq.origin.partition") + "/" +
            header_of(record, "weir.dlq.origin.offset")};
  });
  return result;
}

std::vector<std::string> complaints(const std::vector<Input>& inputs, const StreamResult& result) {
  std::vector<std::string> all;
  const auto say = [&all](std::string text) {
    if (all.size() < most_complaints) all.push_back(std::move(text));
  };
  for (const auto& input : inputs) {
    const auto vector = result.vectors.find(input.key);
    const auto letter = result.dead_letters.find(input.key);
    if (input.good && vector == result.vectors.end())
      say(fmt::format("{} has no result{}", input.key,
                      letter == result.dead_letters.end() ? "" : ", but a dead letter for " + letter->second.reason));
    if (input.good || letter == result.dead_letters.end()) {
      if (!input.good) say(fmt::format("{} has no dead letter", input.key));
      continue;
    }
    if (letter->second.value != input.value) say(fmt::format("the dead letter of {} has other bytes", input.key));
    if (letter->second.reason != to_string(input.reason))
      say(fmt::format("{} failed as {}, not as {}", input.key, letter->second.reason, to_string(input.reason)));
    if (vector != result.vectors.end()) say(fmt::format("{} has a result and a dead letter", input.key));
  }
  if (result.vectors.size() + result.dead_letters.size() > inputs.size()) say("there are outcomes of no input");
  return all;
}

LagWatch::LagWatch(const KafkaProperties& kafka) {
  auto admin = kafka::Admin::connect(kafka, limit);
  if (!admin) throw std::runtime_error(admin.error().message);
  admin_ = std::move(*admin);
}

int64_t LagWatch::lag(const std::string& group, const std::string& topic) {
  const std::vector<std::string> topics{topic};
  auto partitions = admin_->lag(group, topics, limit);
  if (!partitions) throw std::runtime_error(partitions.error().message);
  int64_t total = 0;
  for (const auto& partition : *partitions) total += partition.lag();
  return total;
}

}  // namespace weir::test
