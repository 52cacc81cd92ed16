#pragma once

#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "pipeline/spec/plan.hpp"

namespace weir {

// The broker of a verb that talks to Kafka by itself.
struct KafkaOptions {
  std::string servers = "localhost:9092";
  std::vector<std::string> extra;  // NAME=VALUE

  KafkaProperties properties() const {
    KafkaProperties all{{"bootstrap.servers", servers}};
    for (const auto& setting : extra) {
      const auto at = setting.find('=');
      all[setting.substr(0, at)] = at == std::string::npos ? "" : setting.substr(at + 1);
    }
    return all;
  }
};

inline void add_kafka_options(CLI::App& verb, KafkaOptions& options) {
  verb.add_option("--kafka", options.servers, "HOST:PORT of a broker")->capture_default_str();
  verb.add_option("-X", options.extra, "Any librdkafka property, NAME=VALUE; repeatable");
}

}  // namespace weir
