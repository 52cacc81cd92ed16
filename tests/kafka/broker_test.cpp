#include "tests/integration/broker.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "kafka/admin.hpp"

namespace weir::kafka {
namespace {

using namespace std::chrono_literals;
using test::Broker;
using testing::HasSubstr;

KafkaProperties tls(const std::string& servers, const std::filesystem::path& ca) {
  return {{"bootstrap.servers", servers}, {"security.protocol", "SSL"}, {"ssl.ca.location", ca.string()}};
}

KafkaProperties with_password(const std::string& servers, const std::string& protocol, const std::string& password) {
  return {{"bootstrap.servers", servers}, {"security.protocol", protocol},
          {"sasl.mechanism", "PLAIN"},    {"sasl.username", "weir"},
          {"sasl.password", password},    {"ssl.ca.location", Broker::instance().ca().string()}};
}

TEST(Admin, ConnectsThroughEveryListener) {
  Broker& broker = Broker::instance();
  for (const KafkaProperties& properties : {broker.properties(), tls(broker.tls(), broker.ca()),
                                            with_password(broker.sasl_plaintext(), "SASL_PLAINTEXT", "secret"),
                                            with_password(broker.sasl_tls(), "SASL_SSL", "secret")}) {
    const auto admin = Admin::connect(properties, 10s);
    ASSERT_TRUE(admin) << admin.error().message;
    EXPECT_EQ((*admin)->brokers(), 1);
  }
}

TEST(Admin, WrongPasswordIsAClearError) {
  const auto start = std::chrono::steady_clock::now();
  const auto admin = Admin::connect(with_password(Broker::instance().sasl_tls(), "SASL_SSL", "guess"), 10s);
  ASSERT_FALSE(admin);
  EXPECT_EQ(admin.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(admin.error().message, HasSubstr("uthentication failed"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s) << "no need to wait for the limit";
}

TEST(Admin, WrongCertificateAuthorityIsAClearError) {
  Broker& broker = Broker::instance();
  const auto admin = Admin::connect(tls(broker.tls(), broker.other_ca()), 10s);
  ASSERT_FALSE(admin);
  EXPECT_EQ(admin.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(admin.error().message, HasSubstr("certificate verify failed"));
}

TEST(Admin, NobodyThereIsUnavailableWithinTheLimit) {
  const auto start = std::chrono::steady_clock::now();
  const auto admin = Admin::connect({{"bootstrap.servers", "127.0.0.1:1"}}, 2s);
  ASSERT_FALSE(admin);
  EXPECT_EQ(admin.error().code, ErrorCode::unavailable);
  EXPECT_THAT(admin.error().message, HasSubstr("127.0.0.1:1"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST(Admin, CreatesTopicsOnlyWhenTold) {
  Broker& broker = Broker::instance();
  const std::string names[] = {broker.unique_name("made"), broker.create_topic("there", 2)};
  const auto refused = require_topics(broker.properties(), names, std::nullopt, 10s);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  EXPECT_THAT(refused.error().message, HasSubstr(names[0]));
  const auto counts = require_topics(broker.properties(), names, CreateTopics{3, 1}, 10s);
  ASSERT_TRUE(counts) << counts.error().message;
  EXPECT_EQ(counts->at(names[0]), 3);
  EXPECT_EQ(counts->at(names[1]), 2);
}

TEST(Admin, ReadsLagAndSettings) {
  Broker& broker = Broker::instance();
  const std::string topic = broker.create_topic("lag", 2, {{"max.message.bytes", "2000000"}});
  auto admin = Admin::connect(broker.properties(), 10s);
  ASSERT_TRUE(admin);
  const std::string topics[] = {topic};
  const auto lag = (*admin)->lag("nobody", topics, 10s);
  ASSERT_TRUE(lag) << lag.error().message;
  ASSERT_EQ(lag->size(), 2u);
  EXPECT_EQ((*lag)[0].committed, -1);
  EXPECT_EQ((*lag)[0].lag(), 0);
  const auto bytes = (*admin)->topic_config(topic, "max.message.bytes", 10s);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(*bytes, "2000000");
}

TEST(Broker, SurvivesRestart) {
  Broker& broker = Broker::instance();
  const std::string topics[] = {broker.create_topic("kept", 3)};
  broker.kill();
  broker.restart();
  auto admin = Admin::connect(broker.properties(), 10s);
  ASSERT_TRUE(admin);
  const auto counts = (*admin)->partitions(topics, 10s);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->at(topics[0]), 3);
}

}  // namespace
}  // namespace weir::kafka
