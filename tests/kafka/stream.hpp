#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kafka/client.hpp"
#include "kafka/committer.hpp"
#include "kafka/source.hpp"

namespace weir::kafka::test {

// A record with bytes of its own.
struct Owned {
  int32_t partition = 0;
  int64_t offset = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};
Owned owned(const RawRecord& record);

// Writes and awaits. One record a value, to the given partition (-1: by key).
void write(const KafkaProperties& properties, const std::string& topic, const std::vector<std::string>& values,
           int32_t partition = -1);
void write(const KafkaProperties& properties, const OutRecord& record, int32_t partition = -1);

// Everything in a topic now.
std::vector<Owned> read_all(const KafkaProperties& properties, const std::string& topic);

// The least that a pipeline does between the ports: each record is passed on at once, as the delivery thread would.
// Events are answered; what came and what was durable is counted.
class Stream {
 public:
  using Make = std::function<void(const RawRecord&, OutChunk&)>;  // the outputs of one record

  Stream(const KafkaProperties& properties, const std::string& from, const std::string& group,
         CommitterSettings settings, Make make, SourceSettings source_settings = {});
  ~Stream();

  void step(Duration wait = std::chrono::milliseconds(10));
  bool run_until(const std::function<bool()>& done, Duration limit = std::chrono::seconds(60));
  void close();  // drains, leaves

  KafkaSource& source() { return *source_; }
  AtLeastOnceCommitter& committer() { return *committer_; }

  std::vector<Ticket> durable;
  std::map<TopicPartition, Offset> ends;  // of partitions that stand at their end
  std::vector<SourceEvent> events;
  int64_t seen = 0;
  int64_t room = INT64_MAX;  // records that may still be read
  std::optional<Error> error;

 private:
  void handle(const SourceEvent& event);
  void read(TopicPartition at);

  Metrics metrics_;
  Make make_;
  std::unique_ptr<KafkaSource> source_;
  std::unique_ptr<AtLeastOnceCommitter> committer_;
  std::map<TopicPartition, uint32_t> owned_;  // with its epoch
  uint32_t epoch_ = 0;
};

// Copies the record to `topic`, key and headers too.
Stream::Make copy_to(std::string topic);

int64_t total_lag(const KafkaProperties& properties, const std::string& group, const std::string& topic);

}  // namespace weir::kafka::test
