#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/exit_codes.hpp"
#include "app/kafka_options.hpp"
#include "app/verbs.hpp"
#include "kafka/client.hpp"
#include "messages/decode.hpp"
#include "messages/encode.hpp"

namespace weir {
namespace {

struct ProduceOptions {
  KafkaOptions kafka;
  std::string topic;
  std::string file = "-";
  std::string format = "json";
};

// One line as the record to write: its key is the job's id.
Result<void> write_line(kafka::RecordWriter& writer, Decoder& decoder, const ProduceOptions& options,
                        const std::string& line, uint64_t number) {
  JobChunk chunk;
  auto& job = chunk.jobs.emplace_back();
  copy_record(std::nullopt, line, {}, chunk.arena, job);
  if (decoder.decode(chunk, job) != Decoded::job)
    return fail(ErrorCode::invalid_request,
                fmt::format("line {}: {}", number,
                            job.error >= 0 ? chunk.errors[static_cast<size_t>(job.error)].message : "no job"));
  OutRecord record;
  record.topic = options.topic;
  if (!job.id.empty()) record.key = job.id;
  std::string encoded;
  Header type{"content-type", "application/json"};
  if (options.format == "flatbuffers") {
    auto made = encode_job(job, RecordFormat::flatbuffers);
    if (!made) return fail(std::move(made.error()));
    encoded = std::move(*made);
    type.value = "application/vnd.weir.job+flatbuffers";
  } else {
    encoded = line;
    if (options.format == "text") type.value = "text/plain";
  }
  record.value = encoded;
  record.headers = {&type, 1};
  return writer.write(record);
}

int produce(const ProduceOptions& options) {
  auto decoder = Decoder::make({.format = options.format == "text" ? RecordFormat::text : RecordFormat::json});
  auto writer = kafka::RecordWriter::open(options.kafka.properties(), std::chrono::seconds(15));
  if (!writer) {
    fmt::print(stderr, "weir: {}\n", writer.error().message);
    return exit_code_of(writer.error());
  }
  std::ifstream opened;
  if (options.file != "-") opened.open(options.file, std::ios::binary);
  std::istream& in = options.file == "-" ? std::cin : opened;
  if (!in) {
    fmt::print(stderr, "weir: cannot read {}\n", options.file);
    return exit_usage;
  }
  std::string line;
  uint64_t number = 0;
  while (std::getline(in, line)) {
    ++number;
    if (line.empty() && options.format != "text") continue;
    if (auto done = write_line(**writer, *decoder, options, line, number); !done) {
      fmt::print(stderr, "weir: {}\n", done.error().message);
      (void)(*writer)->flush(std::chrono::seconds(30));
      return done.error().code == ErrorCode::invalid_request ? exit_usage : exit_code_of(done.error());
    }
  }
  if (auto done = (*writer)->flush(std::chrono::seconds(60)); !done) {
    fmt::print(stderr, "weir: {}\n", done.error().message);
    return exit_code_of(done.error());
  }
  fmt::print(stderr, "{} records written to {}\n", (*writer)->acknowledged(), options.topic);
  return exit_ok;
}

}  // namespace

void add_produce(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("produce", "Write jobs, one a line, to a Kafka topic");
  auto options = std::make_shared<ProduceOptions>();
  add_kafka_options(*verb, options->kafka);
  verb->add_option("TOPIC", options->topic, "Topic to write to")->required();
  verb->add_option("-f,--file", options->file, "File to read; - is stdin")->capture_default_str();
  verb->add_option("--format", options->format,
                   "json and flatbuffers read JSON jobs, text takes the line as the prompt")
      ->check(CLI::IsMember({"json", "flatbuffers", "text"}))
      ->capture_default_str();
  verb->footer(
      "Every line is checked before it is written. A record's key is the job's id.\n"
      "Example:\n  echo '{\"id\":\"1\",\"text\":\"hello\"}' | weir produce --kafka localhost:9092 documents");
  verb->callback([options, &exit_code] { exit_code = produce(*options); });
}

}  // namespace weir
