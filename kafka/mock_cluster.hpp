#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/error.hpp"
#include "kafka/handles.hpp"

struct rd_kafka_mock_cluster_s;

namespace weir::kafka {

// The broker of `weir demo`: librdkafka's in-process cluster, reached over loopback by anyone on the machine. It
// forgets the oldest records beyond 5 MiB (or 100,000 batches) per partition, has no transactions and no security, and
// loses all at the end.
class MockCluster {
 public:
  static constexpr int64_t bytes_per_partition = 5ll << 20;

  static Result<std::unique_ptr<MockCluster>> start();
  ~MockCluster();
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  Result<void> create_topics(std::span<const std::string> topics, int32_t partitions);
  std::string bootstrap_servers() const;

  // For tests of error paths: the next requests of this Kafka API key fail with these codes.
  void fail_requests(int16_t api_key, std::span<const rd_kafka_resp_err_t> errors);

 private:
  MockCluster() = default;

  HandlePtr rk_;
  rd_kafka_mock_cluster_s* cluster_ = nullptr;
};

}  // namespace weir::kafka
