#include "app/streams.hpp"

#include <limits>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "files/file_committer.hpp"
#include "files/file_source.hpp"
#include "kafka/committer.hpp"
#include "kafka/source.hpp"
#include "messages/decode.hpp"
#include "messages/encode.hpp"

namespace weir {
namespace {

std::string host_name() {
  char name[256] = "unknown";
  gethostname(name, sizeof name - 1);
  return name;
}

const OutputPlan& output_of(const StagePlan& sink) {
  if (const auto* kafka = std::get_if<KafkaSinkPlan>(&sink.options)) return kafka->output;
  return std::get<FileSinkPlan>(sink.options).output;
}

const std::string& target_of(const StagePlan& sink) {
  if (const auto* kafka = std::get_if<KafkaSinkPlan>(&sink.options)) return kafka->topic;
  return std::get<FileSinkPlan>(sink.options).path;
}

}  // namespace

Streams::Streams(const Plan& plan, Metrics& metrics, const Clock& clock)
    : plan_(plan), metrics_(metrics), clock_(clock), node_(host_name()) {}

Result<DecodeFn> Streams::decoder(const InputPlan& input) const {
  DecodeOptions options;
  options.format = input.format;
  options.fields = input.fields;
  options.tombstones = input.tombstones;
  options.invalid_utf8 = input.invalid_utf8;
  auto made = Decoder::make(std::move(options));
  if (!made) return fail(std::move(made.error()));
  return [decoder = std::make_shared<Decoder>(std::move(*made))](JobChunk& chunk, Job& job) {
    decoder->decode(chunk, job);
  };
}

Result<SourceParts> Streams::open_source(SourceId id, const StagePlan& source,
                                         const std::vector<const StagePlan*>& sinks) {
  SourceParts parts;
  SourceInfo info;
  info.id = id;
  info.stage = source.name;
  if (const auto* kafka = std::get_if<KafkaSourcePlan>(&source.options)) {
    auto decode = decoder(kafka->input);
    if (!decode) return fail(std::move(decode.error()));
    parts.decode = std::move(*decode);
    info.group = kafka->group;
    info.topics = kafka->topics;
    parts.info = std::make_shared<const SourceInfo>(std::move(info));
    return open_kafka(*kafka, std::move(parts), sinks);
  }
  const auto& file = std::get<FileSourcePlan>(source.options);
  auto decode = decoder(file.input);
  if (!decode) return fail(std::move(decode.error()));
  parts.decode = std::move(*decode);
  info.topics = {file.path};
  parts.info = std::make_shared<const SourceInfo>(std::move(info));
  return open_file(file, std::move(parts), sinks);
}

Result<SourceParts> Streams::open_kafka(const KafkaSourcePlan& source, SourceParts parts,
                                        const std::vector<const StagePlan*>& sinks) {
  kafka::SourceSettings reading;
  reading.memory_limit = plan_.memory_limit;
  reading.create_topics = plan_.delivery.create_topics;
  reading.commit_interval = plan_.delivery.commit_interval;
  auto opened = kafka::KafkaSource::open(source, reading);
  if (!opened) return fail(std::move(opened.error()));

  kafka::CommitterSettings writing;
  for (const auto* sink : sinks)
    if (const auto* kafka = std::get_if<KafkaSinkPlan>(&sink->options))
      writing.sinks.push_back({kafka->topic, kafka->properties});
  writing.dead_letter_topic = plan_.delivery.dead_letter_topic;
  writing.properties = source.properties;
  writing.create_topics = plan_.delivery.create_topics;
  writing.largest_input_bytes = (*opened)->largest_record_bytes();
  auto committer = kafka::AtLeastOnceCommitter::open(writing, **opened, metrics_);
  if (!committer) return fail(std::move(committer.error()));
  for (const auto& sink : writing.sinks)
    if (const auto known = largest_.find(sink.topic); known != largest_.end())
      known->second->store((*committer)->max_record_bytes(sink.topic));
  parts.queue_bytes = (*opened)->queue_bytes();
  parts.source = std::move(*opened);
  parts.committer = std::move(*committer);
  return parts;
}

Result<SourceParts> Streams::open_file(const FileSourcePlan& source, SourceParts parts,
                                       const std::vector<const StagePlan*>& sinks) {
  auto opened = FileSource::open({.path = source.path, .skip_blank = source.input.format != RecordFormat::text});
  if (!opened) return fail(std::move(opened.error()));
  FileCommitterOptions writing;
  for (const auto* sink : sinks) writing.paths.push_back(target_of(*sink));
  if (!plan_.delivery.dead_letter_topic.empty()) writing.paths.push_back(plan_.delivery.dead_letter_topic);
  auto committer = FileCommitter::open(writing);
  if (!committer) return fail(std::move(committer.error()));
  parts.source = std::move(*opened);
  parts.committer = std::move(*committer);
  return parts;
}

OutRecordOptions Streams::sink_options(const StagePlan& sink) {
  OutRecordOptions options;
  options.topic = target_of(sink);
  options.dead_letter_topic = plan_.delivery.dead_letter_topic;
  options.pipeline = plan_.name;
  options.node = node_;
  options.instance = fmt::format("{}-{}", node_, getpid());
  options.clock = &clock_;
  const auto& output = output_of(sink);
  auto encoder =
      std::make_shared<OutcomeEncoder>(OutcomeFormat{output.format, output.vector_type, output.vector_encoding});
  options.encode = [encoder](const OutcomeChunk& chunk, const Outcome& outcome, Arena& arena) {
    return encoder->encode(chunk, outcome, arena);
  };
  if (std::holds_alternative<KafkaSinkPlan>(sink.options)) {
    auto& largest = largest_[options.topic];
    if (!largest) largest = std::make_shared<std::atomic<int64_t>>(std::numeric_limits<int64_t>::max());
    options.max_record_bytes = [largest] { return largest->load(std::memory_order_relaxed); };
  }
  return options;
}

}  // namespace weir
