#include "kafka/properties.hpp"

#include <gmock/gmock.h>

namespace weir::kafka {
namespace {

using testing::HasSubstr;

std::string get(const ConfPtr& conf, const char* name) {
  char value[512];
  size_t size = sizeof value;
  return rd_kafka_conf_get(conf.get(), name, value, &size) == RD_KAFKA_CONF_OK ? value : "?";
}

std::string refusal(std::string_view name, std::string_view value) {
  const auto error = check_property(name, value);
  return error ? error->message : "";
}

TEST(KafkaProperties, ReachesEveryPropertyOfTheLibrary) {
  EXPECT_GT(property_names().size(), 120u);
  EXPECT_EQ(refusal("fetch.wait.max.ms", "20"), "");
  EXPECT_EQ(refusal("compression.type", "zstd"), "");
  EXPECT_EQ(refusal("ssl.ca.location", "/etc/ssl/ca.pem"), "");
}

TEST(KafkaProperties, SaysWhatIsWrongAndSuggests) {
  EXPECT_THAT(refusal("bootstrap.server", "x"), HasSubstr("did you mean 'bootstrap.servers'?"));
  EXPECT_THAT(refusal("fetch.wait.max.ms", "often"), HasSubstr("fetch.wait.max.ms"));
  EXPECT_THAT(refusal("security.protocol", "TLS"), HasSubstr("security.protocol"));
  EXPECT_THAT(refusal("entirely.made.up.by.me", "1"), HasSubstr("no property of librdkafka"));
}

TEST(KafkaProperties, KeepsWhatWeirDecides) {
  EXPECT_THAT(refusal("enable.auto.commit", "false"), HasSubstr("decided by weir"));
  EXPECT_EQ(refusal("enable.auto.commit", "true"), "");
  EXPECT_THAT(refusal("group.id", "g"), HasSubstr("`group:`"));
  EXPECT_THAT(refusal("enable.idempotence", "false"), HasSubstr("decided by weir"));
  EXPECT_THAT(refusal("acks", "1"), HasSubstr("in-sync"));
  EXPECT_EQ(refusal("acks", "all"), "");
  EXPECT_THAT(refusal("transactional.id", "t"), HasSubstr("decided by weir"));
}

TEST(KafkaProperties, UsersWinOverDefaultsAndOwnOverUsers) {
  auto conf = make_conf(Role::consumer, {{"fetch.wait.max.ms", "7"}, {"linger.ms", "3"}}, {{"group.id", "g"}});
  ASSERT_TRUE(conf) << conf.error().message;
  EXPECT_EQ(get(*conf, "fetch.wait.max.ms"), "7");
  EXPECT_EQ(get(*conf, "auto.offset.reset"), "smallest");  // earliest, by its oldest name
  EXPECT_EQ(get(*conf, "group.id"), "g");
  EXPECT_EQ(get(*conf, "linger.ms"), "5") << "a producer's property is left out of a consumer";
  const std::string strategy = get(*conf, "partition.assignment.strategy");
  EXPECT_EQ(strategy, library().cooperative ? "cooperative-sticky" : "range,roundrobin");
}

TEST(KafkaProperties, ScramNeedsALibraryThatCan) {
  const KafkaProperties scram = {{"security.protocol", "SASL_SSL"}, {"sasl.mechanism", "SCRAM-SHA-512"}};
  const auto errors = check_properties(scram, KafkaUse::any);
  if (library().scram) {
    EXPECT_TRUE(errors.empty());
  } else {
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_THAT(errors[0].message, HasSubstr("tools/librdkafka-backport"));
  }
  EXPECT_EQ(check_properties({{"sasl.mechanisms", "PLAIN"}}, KafkaUse::any).size(), 1u)
      << "PLAIN without a security.protocol does nothing";
}

std::string contradiction(const KafkaProperties& properties, KafkaUse use) {
  std::string all;
  for (const auto& error : check_properties(properties, use)) all += error.message + "\n";
  return all;
}

TEST(KafkaProperties, ThatContradictOneAnotherAreNamed) {
  const KafkaProperties late = {{"max.poll.interval.ms", "1000"}, {"session.timeout.ms", "30000"}};
  EXPECT_THAT(contradiction(late, KafkaUse::source), HasSubstr("max.poll.interval.ms"));
  EXPECT_EQ(contradiction(late, KafkaUse::sink), "") << "a sink has no such properties";
  const KafkaProperties reordering = {{"max.in.flight", "6"}};  // breaks the idempotence that weir sets
  EXPECT_THAT(contradiction(reordering, KafkaUse::sink), HasSubstr("max.in.flight"));
  EXPECT_THAT(contradiction(reordering, KafkaUse::source), HasSubstr("max.in.flight")) << "it writes dead letters";
  EXPECT_THAT(contradiction({{"retries", "0"}}, KafkaUse::any), HasSubstr("retries"));
  EXPECT_EQ(contradiction({{"bootstrap.servers", "nowhere:1"},
                           {"security.protocol", "SSL"},
                           {"ssl.ca.location", "/not/on/this/machine.pem"},
                           {"max.in.flight", "5"},
                           {"retries", "3"}},
                          KafkaUse::any),
            "");
}

TEST(KafkaProperties, QueueBytesFollowTheMemoryLimit) {
  EXPECT_EQ(queue_bytes(512 << 20, 4), 8 << 20);
  EXPECT_EQ(queue_bytes(512 << 20, 64), 2 << 20);
  EXPECT_EQ(queue_bytes(64 << 20, 1000), 1 << 20);
}

TEST(KafkaProperties, HidesSecrets) {
  EXPECT_TRUE(is_secret("sasl.password"));
  EXPECT_TRUE(is_secret("ssl.key.password"));
  EXPECT_TRUE(is_secret("sasl.oauthbearer.client.secret"));
  EXPECT_FALSE(is_secret("sasl.username"));
}

}  // namespace
}  // namespace weir::kafka
