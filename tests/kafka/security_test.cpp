#include <chrono>

#include <gmock/gmock.h>

#include "tests/integration/broker.hpp"
#include "tests/kafka/stream.hpp"

namespace weir::kafka {
namespace {

using namespace std::chrono_literals;
using test::copy_to;
using test::read_all;
using test::Stream;
using testing::HasSubstr;
using weir::test::Broker;

KafkaProperties tls() {
  Broker& broker = Broker::instance();
  return {{"bootstrap.servers", broker.tls()}, {"security.protocol", "SSL"}, {"ssl.ca.location", broker.ca().string()}};
}

KafkaProperties password_over_tls() {
  KafkaProperties properties = tls();
  properties["bootstrap.servers"] = Broker::instance().sasl_tls();
  properties["security.protocol"] = "SASL_SSL";
  properties["sasl.mechanism"] = "PLAIN";
  properties["sasl.username"] = "weir";
  properties["sasl.password"] = "secret";
  return properties;
}

KafkaProperties password_in_clear() {
  KafkaProperties properties = password_over_tls();
  properties["bootstrap.servers"] = Broker::instance().sasl_plaintext();
  properties["security.protocol"] = "SASL_PLAINTEXT";
  return properties;
}

class Secured : public testing::TestWithParam<KafkaProperties (*)()> {};

// Reading, writing, groups and administration, all over the secured listener.
TEST_P(Secured, TheWholeWayWorks) {
  Broker& broker = Broker::instance();
  const KafkaProperties properties = GetParam()();
  const std::string in = broker.create_topic("in", 2);
  const std::string out = broker.create_topic("out");
  const std::string group = broker.unique_name("g");
  std::vector<std::string> values;
  for (int i = 0; i < 500; ++i) values.push_back(std::to_string(i));
  test::write(properties, in, values);
  CommitterSettings settings;
  settings.sinks = {{out, {}}};
  Stream stream(properties, in, group, settings, copy_to(out));
  ASSERT_TRUE(stream.run_until([&] { return stream.durable.size() == 500; }))
      << (stream.error ? stream.error->message : "late");
  stream.close();
  EXPECT_EQ(read_all(properties, out).size(), 500u);
  EXPECT_EQ(test::total_lag(properties, group, in), 0);
}

INSTANTIATE_TEST_SUITE_P(Listeners, Secured, testing::Values(&tls, &password_over_tls, &password_in_clear));

// A wrong secret ends the start with a text that names it, well before the limit.
TEST(Security, WrongSecretsEndTheStart) {
  Broker& broker = Broker::instance();
  KafkaSourcePlan plan;
  plan.topics = {broker.create_topic("in")};
  plan.group = broker.unique_name("g");
  const auto refusal = [&](KafkaProperties properties) {
    plan.properties = std::move(properties);
    const auto start = std::chrono::steady_clock::now();
    const auto opened = KafkaSource::open(plan, {});
    EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
    return opened ? Error{} : opened.error();
  };
  KafkaProperties wrong_password = password_over_tls();
  wrong_password["sasl.password"] = "guess";
  EXPECT_EQ(refusal(wrong_password).code, ErrorCode::invalid_config);
  EXPECT_THAT(refusal(wrong_password).message, HasSubstr("uthentication failed"));
  KafkaProperties wrong_authority = tls();
  wrong_authority["ssl.ca.location"] = broker.other_ca().string();
  EXPECT_THAT(refusal(wrong_authority).message, HasSubstr("certificate verify failed"));
  KafkaProperties no_file = tls();
  no_file["ssl.ca.location"] = "/nowhere/ca.pem";
  EXPECT_THAT(refusal(no_file).message, HasSubstr("ca.location"));
}

}  // namespace
}  // namespace weir::kafka
