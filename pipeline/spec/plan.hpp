#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/dtype.hpp"
#include "base/model_facts.hpp"
#include "base/task.hpp"
#include "messages/format.hpp"
#include "messages/job.hpp"
#include "pipeline/spec/spec_error.hpp"

namespace weir {

using Milliseconds = std::chrono::milliseconds;

// librdkafka properties, values as written. Secret ones are redacted by whoever prints them (spec/describe.hpp).
using KafkaProperties = std::map<std::string, std::string>;

enum class LongText : uint8_t { truncate, reject };  // windows: refused by name until it runs

// What a source stage does with its records before they are jobs; the same for every kind of source.
struct InputPlan {
  RecordFormat format = RecordFormat::json;
  std::map<std::string, std::string> fields;  // job field -> JSON Pointer into a foreign document
  Lane lane = Lane::bulk;
  Tombstones tombstones = Tombstones::forward;
  InvalidUtf8 invalid_utf8 = InvalidUtf8::reject;
  std::string prompt;               // put before every text
  std::string prompt_name;          // or the model's prompt of this name
  bool until_end_of_topic = false;  // `until: end_of_topic`
};

struct KafkaSourcePlan {
  std::vector<std::string> topics;
  std::string group;
  InputPlan input;
  KafkaProperties properties;  // `kafka:` of the file, then this stage's own
};

struct FileSourcePlan {
  std::string path;  // "-": stdin
  InputPlan input;
};

struct TokenizerPlan {
  std::string model;
  uint32_t replicas = 1;
  LongText long_text = LongText::truncate;
  std::optional<Truncate> truncate_side;  // which end is dropped; absent: as the model's files say
};

struct BatcherPlan {
  uint32_t max_tokens = 0;     // 0: auto
  uint32_t max_sequences = 0;  // 0: no limit
  double realtime_share = 0.5;
};

struct GpuWorkerPlan {
  std::string model;
  std::vector<std::string> devices;  // "all", "cpu", "cuda:0", ...
  uint32_t threads = 0;              // of the CPU device; 0: the cores this process may use
  uint32_t restarts = 10;            // within a minute, before the process gives up
};

// What the YAML says of a pooler, a stage's own fields over those of the model's `pooler:`; absent ones come from the
// model's files (Origin).
struct PoolerPlan {
  std::optional<std::vector<PoolerKind>> kinds;
  std::optional<bool> use_activation;  // alias: normalize
  std::optional<uint32_t> dimensions;
  std::optional<Task> task;
};

struct OutputPlan {
  RecordFormat format = RecordFormat::json;
  DType vector_type = DType::float32;
  VectorEncoding vector_encoding = VectorEncoding::numbers;
};

struct KafkaSinkPlan {
  std::string topic;
  OutputPlan output;
  KafkaProperties properties;
};

struct FileSinkPlan {
  std::string path;  // "-": stdout
  OutputPlan output;
};

using StagePlanOptions = std::variant<KafkaSourcePlan, FileSourcePlan, TokenizerPlan, BatcherPlan, GpuWorkerPlan,
                                      PoolerPlan, KafkaSinkPlan, FileSinkPlan>;

// One stage of the dataflow. Stages stand in topological order; sources first of their tree.
struct StagePlan {
  std::string name;
  StagePlanOptions options;
  int from = -1;           // index of the stage it reads; -1: a source
  std::vector<int> to;     // stages that read it
  std::vector<int> sinks;  // sinks at or under it, in order: its branches
  Place place;             // of its name in the file
};

struct ModelPlan {
  std::string name;
  std::vector<std::string> aliases;
  std::string path;
  std::optional<Task> task;    // absent: the model's own
  std::optional<DType> dtype;  // absent: auto
  PoolerPlan pooler;
  ModelFacts facts;  // filled by the ModelProbe
};

struct CreateTopics {
  int32_t partitions = 1;
  int16_t replication = 1;
};

struct DeliveryPlan {
  std::string dead_letter_topic;  // empty: failures go to the output topic
  std::optional<CreateTopics> create_topics;
  Milliseconds commit_interval{1000};
  Milliseconds drain_timeout{30000};
  uint32_t max_in_flight = 65536;  // records per partition between admission and durability
  uint32_t breaker_window = 1000;  // jobs looked at
  double breaker_share = 0.5;      // failing share that opens the breaker; 1: never
  uint32_t attempts = 2;           // device runs of a cut before it is bisected
};

struct HttpPlan {
  std::string listen;  // "127.0.0.1:9100"; empty: no status server
};

// A whole dataflow, resolved: what `weir run` carries out and `weir check` prints.
struct Plan {
  std::string file;  // that it was read from
  std::string name;
  KafkaProperties kafka;
  std::vector<ModelPlan> models;
  std::vector<StagePlan> stages;
  DeliveryPlan delivery;
  int64_t memory_limit = 512ll << 20;
  HttpPlan http;
  std::vector<SpecError> advice;     // worth saying, but no reason not to run
  std::vector<std::string> secrets;  // values that came from ${file:...}: never printed
};

}  // namespace weir
