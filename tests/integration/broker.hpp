#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "pipeline/spec/plan.hpp"

namespace weir::test {

// A real Apache Kafka (one node, KRaft) on this machine, for integration tests. One per test binary, started on first
// use and stopped with the process; should the process be killed, the kernel kills the broker. Tests share it: each
// takes topics and groups of its own by `create_topic` and `unique_name`. Needs java, openssl and tools/kafka-jars; a
// missing one fails the test with a text that says what to install. One thread.
class Broker {
 public:
  static Broker& instance();
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // HOST:PORT of each listener. User and password of the two SASL ones are "weir" and "secret".
  std::string plaintext() const { return "127.0.0.1:" + std::to_string(ports_.plaintext); }
  std::string tls() const { return "localhost:" + std::to_string(ports_.tls); }
  std::string sasl_tls() const { return "localhost:" + std::to_string(ports_.sasl_tls); }
  std::string sasl_plaintext() const { return "127.0.0.1:" + std::to_string(ports_.sasl_plaintext); }
  std::filesystem::path ca() const { return directory_ / "ca.pem"; }           // what clients trust
  std::filesystem::path other_ca() const { return directory_ / "other.pem"; }  // what did not sign the broker
  KafkaProperties properties() const { return {{"bootstrap.servers", plaintext()}}; }

  // A name no other test has.
  std::string unique_name(std::string_view prefix);
  // Creates a topic of a unique name and returns it. `config`: topic settings ("max.message.bytes").
  std::string create_topic(std::string_view prefix, int partitions = 1,
                           const std::map<std::string, std::string>& config = {});

  // Faults. A frozen broker keeps its connections and answers nothing.
  void freeze();
  void thaw();
  void stop();     // SIGTERM, waits for the end
  void kill();     // SIGKILL, waits for the end
  void restart();  // starts it again on the same ports and data; returns when it answers

  pid_t pid() const { return pid_; }
  std::filesystem::path log() const { return directory_ / "broker.log"; }

 private:
  struct Ports {
    int plaintext, controller, tls, sasl_tls, sasl_plaintext;
  };

  Broker();
  void make_certificates();
  void write_configuration();
  void format();
  void launch();
  void await_ready();
  void end(int signal);
  void keep_archive();

  std::filesystem::path cache_;
  std::filesystem::path directory_;
  std::filesystem::path archive_;  // class data, so that the next start takes half the time
  std::filesystem::path new_archive_;
  Ports ports_{};
  pid_t pid_ = -1;
  int names_ = 0;
};

}  // namespace weir::test
