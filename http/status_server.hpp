#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/metrics.hpp"

namespace weir {

// One thing that must hold for this process to be ready: "assigned", "breaker_closed". `reason` says what is wrong; it
// is shown to people, in one line.
struct Condition {
  std::string name;
  bool holds = true;
  std::string reason;
};

// What the server asks of the program, from its own threads, several at a time. Absent callbacks answer: ready, {},
// alive.
struct StatusProvider {
  std::function<std::vector<Condition>()> conditions;  // ready when all hold
  std::function<std::string()> status;                 // a JSON object
  std::function<std::string()> wedged;                 // why only a restart helps; empty: alive
};

// Serves GET on one address: /metrics (Prometheus text 0.0.4), /livez (200, or 503 and why only a restart helps),
// /readyz (200 or 503, and the conditions as one JSON line) and /status. Meant for a private network: no TLS, no
// authentication. A fixed number of threads, one request a connection, short time-outs, so that a slow client costs one
// thread for seconds at most.
//
// Owned by app. `metrics` and whatever the callbacks use must outlive it. Throws nothing; a callback that throws
// answers 500.
class StatusServer {
 public:
  // `listen` is "host:port" or "[v6]:port"; port 0 takes any free one. Fails with invalid_config when the address
  // cannot be read, with io_error when it cannot be listened on. Returns once connections are accepted.
  static Result<std::unique_ptr<StatusServer>> start(std::string_view listen, StatusProvider provider,
                                                     const Metrics& metrics);
  ~StatusServer();  // ends running requests, a few seconds at most
  StatusServer(const StatusServer&) = delete;
  StatusServer& operator=(const StatusServer&) = delete;

  int port() const;

 private:
  struct Running;
  explicit StatusServer(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace weir
