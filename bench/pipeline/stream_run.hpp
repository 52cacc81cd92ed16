#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/compute.hpp"
#include "base/error.hpp"
#include "pipeline/delivery/status.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir {

// CPU time of this process, user and system, in seconds.
double cpu_seconds();

struct StreamRun {
  std::string servers;
  std::string input;
  std::string output;
  std::string group;
  std::string format = "json";  // of the input
  int64_t memory_limit = 512ll << 20;
  ModelPlan model;
  ModelPort* models = nullptr;
  // Called twenty times a second while it runs.
  std::function<void(const std::vector<DeliveryStatus>&)> watch = {};
};

struct StreamCost {
  double cpu = 0;      // seconds of the whole process, from the first record wanted to the last one committed
  double elapsed = 0;  // seconds
};

// Runs a dataflow from one topic to another with these models, to the end of the topic.
Result<StreamCost> run_stream(const StreamRun& run);

// Writes `count` records to the partitions in turn; `make` gives the value of each.
Result<void> fill_topic(const std::string& servers, const std::string& topic, int32_t partitions, size_t count,
                        const std::function<std::string(size_t)>& make);

}  // namespace weir
