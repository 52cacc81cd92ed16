#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/exit_codes.hpp"
#include "app/kafka_options.hpp"
#include "app/verbs.hpp"
#include "kafka/client.hpp"
#include "messages/read_outcome.hpp"

namespace weir {
namespace {

struct ConsumeOptions {
  KafkaOptions kafka;
  std::string topic;
  uint64_t count = 0;
  bool follow = false;
};

RecordFormat format_of(const RawRecord& record) {
  for (const auto& header : record.headers)
    if (header.name == "content-type" && header.value && header.value->find("flatbuffers") != std::string_view::npos)
      return RecordFormat::flatbuffers;
  return RecordFormat::json;
}

std::string as_json(const ReadOutcome& outcome) {
  nlohmann::ordered_json json{{"id", outcome.id}, {"model", outcome.model}};
  if (outcome.task) json["task"] = to_string(*outcome.task);
  json["source"] = {{"topic", outcome.topic}, {"partition", outcome.partition}, {"offset", outcome.offset}};
  if (!outcome.error_code.empty()) {
    json["error"] = {{"code", outcome.error_code}, {"message", outcome.error_message}, {"stage", outcome.error_stage}};
  } else if (!outcome.classes.empty()) {
    json["label"] = outcome.label;
    for (const auto& [label, probability] : outcome.classes) json["classes"][label] = probability;
  } else {
    json["values"] = outcome.values;
    json["rows"] = outcome.rows;
    json["dim"] = outcome.dim;
  }
  json["usage"] = {{"prompt_tokens", outcome.prompt_tokens}};
  if (outcome.truncated) json["dropped_tokens"] = outcome.dropped_tokens;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// What is no outcome (a dead letter, another program's record) is shown as it is.
void print(const RawRecord& record) {
  if (!record.value) {
    fmt::print("{{\"tombstone\":true,\"key\":{}}}\n", nlohmann::json(std::string(record.key.value_or(""))).dump());
    return;
  }
  const auto outcome = read_outcome(*record.value, format_of(record));
  if (outcome) {
    fmt::print("{}\n", as_json(*outcome));
    return;
  }
  nlohmann::ordered_json json{{"key", std::string(record.key.value_or(""))}, {"value", std::string(*record.value)}};
  for (const auto& header : record.headers)
    json["headers"][std::string(header.name)] = std::string(header.value.value_or(""));
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool interrupted() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

int consume(const ConsumeOptions& options) {
  auto reader = kafka::RecordReader::open(options.kafka.properties(), {options.topic}, std::chrono::seconds(15));
  if (!reader) {
    fmt::print(stderr, "weir: {}\n", reader.error().message);
    return exit_code_of(reader.error());
  }
  uint64_t shown = 0;
  while (!interrupted() && (options.count == 0 || shown < options.count)) {
    auto read = (*reader)->read(std::chrono::milliseconds(200), [&](const RawRecord& record) {
      if (options.count == 0 || shown < options.count) {
        print(record);
        ++shown;
      }
    });
    if (!read) {
      fmt::print(stderr, "weir: {}\n", read.error().message);
      return exit_code_of(read.error());
    }
    if (std::fflush(stdout) != 0) return exit_failure;
    if (*read == 0 && !options.follow && (*reader)->at_end()) break;
  }
  return exit_ok;
}

}  // namespace

void add_consume(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("consume", "Print the outcomes in a Kafka topic as JSON lines, from the oldest on");
  auto options = std::make_shared<ConsumeOptions>();
  add_kafka_options(*verb, options->kafka);
  verb->add_option("TOPIC", options->topic, "Topic to read")->required();
  verb->add_option("-n,--count", options->count, "Stop after so many records");
  verb->add_flag("--follow", options->follow, "Go on at the end of the topic");
  verb->footer(
      "Without --follow it ends at the end of the topic.\nExample:\n  weir consume --kafka localhost:9092 embeddings "
      "-n 3");
  verb->callback([options, &exit_code] { exit_code = consume(*options); });
}

}  // namespace weir
