#include "kafka/mock_cluster.hpp"

#include <array>

#include <fmt/format.h>
#include <librdkafka/rdkafka_mock.h>

#include "kafka/properties.hpp"

namespace weir::kafka {

Result<std::unique_ptr<MockCluster>> MockCluster::start() {
  auto conf = make_conf(Role::producer, {}, {{"client.id", "mock-cluster"}});
  if (!conf) return fail(conf.error());
  std::unique_ptr<MockCluster> mock(new MockCluster());
  std::array<char, 512> text{};
  mock->rk_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf->get(), text.data(), text.size()));
  if (!mock->rk_) return fail(ErrorCode::internal, text.data());
  (void)conf->release();  // the client owns it now
  mock->cluster_ = rd_kafka_mock_cluster_new(mock->rk_.get(), 1);
  if (!mock->cluster_) return fail(ErrorCode::unavailable, "the in-process broker could not listen on 127.0.0.1");
  return mock;
}

MockCluster::~MockCluster() {
  if (cluster_) rd_kafka_mock_cluster_destroy(cluster_);
}

Result<void> MockCluster::create_topics(std::span<const std::string> topics, int32_t partitions) {
  for (const std::string& topic : topics)
    if (const auto err = rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1);
        err && err != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      return fail(ErrorCode::internal, fmt::format("topic '{}': {}", topic, rd_kafka_err2str(err)));
  return {};
}

std::string MockCluster::bootstrap_servers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

void MockCluster::fail_requests(int16_t api_key, std::span<const rd_kafka_resp_err_t> errors) {
  rd_kafka_mock_push_request_errors_array(cluster_, api_key, errors.size(), errors.data());
}

}  // namespace weir::kafka
