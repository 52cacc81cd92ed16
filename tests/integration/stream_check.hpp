#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kafka/admin.hpp"
#include "messages/read_outcome.hpp"
#include "pipeline/spec/plan.hpp"
#include "tests/integration/documents.hpp"

namespace weir::test {

struct DeadLetterSeen {
  std::string value;
  std::string reason;
  std::string origin;  // topic/partition/offset
};

// Everything a run left in its output and dead-letter topics.
struct StreamResult {
  std::map<std::string, std::vector<float>> vectors;   // by key; of repeated outcomes the last
  std::map<std::string, DeadLetterSeen> dead_letters;  // by key
  uint64_t outcomes = 0;
  uint64_t letters = 0;
  uint64_t out_of_order =
      0;  // first appearances whose input offset is below one that came before, in one output partition

  uint64_t repeated() const { return outcomes + letters - vectors.size() - dead_letters.size(); }
};

StreamResult read_result(const KafkaProperties& kafka, const std::string& output, const std::string& dead_letters);

// What is missing or wrong, one line each, at most ten; empty when every input has its outcome, a result or a dead
// letter with its own bytes and reason.
std::vector<std::string> complaints(const std::vector<Input>& inputs, const StreamResult& result);

// Records of a topic that a group has not committed, asked again and again over one connection.
class LagWatch {
 public:
  explicit LagWatch(const KafkaProperties& kafka);
  int64_t lag(const std::string& group, const std::string& topic);

 private:
  std::unique_ptr<kafka::Admin> admin_;
};

}  // namespace weir::test
