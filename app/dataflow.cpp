#include "app/dataflow.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "app/exit_codes.hpp"
#include "base/log.hpp"
#include "http/status_server.hpp"

namespace weir {
namespace {

constexpr auto tick = std::chrono::milliseconds(100);
constexpr auto end_limit = std::chrono::seconds(10);  // for actors and devices to end after a failure

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

// True when a signal to end came within the tick.
bool signalled() {
  const sigset_t set = ending_signals();
  const timespec limit{0, std::chrono::nanoseconds(tick).count()};
  return sigtimedwait(&set, nullptr, &limit) > 0;
}

// Rates since the last line, on one line that rewrites itself on a terminal.
class LiveLine {
 public:
  explicit LiveLine(const Metrics& metrics) : metrics_(metrics), terminal_(isatty(STDERR_FILENO) != 0) {}
  ~LiveLine() {
    if (terminal_ && printed_) std::fputc('\n', stderr);
  }

  void show(const std::vector<DeliveryStatus>& sources, bool force = false) {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    if (seconds < 1 && !force) return;
    uint64_t in_flight = 0;
    int64_t lag = 0;
    for (const auto& source : sources) {
      in_flight += source.in_flight;
      for (const auto& partition : source.partitions) lag += partition.lag();
    }
    const double records = metrics_.total("weir_durable_records_total");
    const double tokens = metrics_.total("weir_worker_tokens_total");
    fmt::print(stderr, "{}{:>8.0f} records/s {:>9.0f} tokens/s {:>7} in flight {:>8} lag {:>9.0f} done{}",
               terminal_ ? "\r" : "", (records - records_) / seconds, (tokens - tokens_) / seconds, in_flight, lag,
               records, terminal_ ? "" : "\n");
    printed_ = true;
    records_ = records;
    tokens_ = tokens;
    last_ = now;
  }

 private:
  const Metrics& metrics_;
  const bool terminal_;
  bool printed_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  double records_ = 0;
  double tokens_ = 0;
};

std::vector<Condition> conditions_of(const Plan& plan, const Runtime& runtime) {
  std::vector<Condition> conditions;
  const auto all = runtime.status();
  size_t next = 0;
  for (const auto& stage : plan.stages) {
    if (stage.from >= 0 || next >= all.size()) continue;
    const auto& source = all[next++];
    const auto reason = source.not_ready();
    conditions.push_back({stage.name, reason.empty(), reason});
  }
  return conditions;
}

// A source with an outcome that a device or a stage never gave waits for ever; what a broker owes is no reason.
std::string wedged(const Plan& plan, const Runtime& runtime) {
  const auto all = runtime.status();
  size_t next = 0;
  for (const auto& stage : plan.stages) {
    if (stage.from >= 0 || next >= all.size()) continue;
    if (!all[next++].live()) return stage.name + ": an outcome is overdue; partition_stalled in the log says of what";
  }
  return {};
}

std::string status_of(const Plan& plan, const Runtime& runtime) {
  std::string json = fmt::format(R"({{"dataflow":"{}","sources":[)", plan.name);
  const auto all = runtime.status();
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& source = all[i];
    json += fmt::format(R"({}{{"records":{},"durable":{},"failures":{},"in_flight":{},"partitions":[)", i ? "," : "",
                        source.records, source.durable, source.failures, source.in_flight);
    for (size_t p = 0; p < source.partitions.size(); ++p) {
      const auto& partition = source.partitions[p];
      json += fmt::format(R"({}{{"topic":{},"partition":{},"next":{},"end":{},"lag":{}}})", p ? "," : "",
                          partition.at.topic, partition.at.partition, partition.next.value, partition.end.value,
                          partition.lag());
    }
    json += "]}";
  }
  return json + "]}";
}

// After a failure the process must end even when a device never returns.
void end_within(std::chrono::seconds limit) {
  std::thread([limit] {
    std::this_thread::sleep_for(limit);
    log_error("end_forced", {{"after_seconds", limit.count()}});
    std::_Exit(exit_failure);
  }).detach();
}

int watch(Runtime& runtime, LiveLine* live, const DataflowOptions& options) {
  bool draining = false;
  for (;;) {
    if (signalled()) {
      log_info(draining ? "second_signal" : "signal", {{"action", draining ? "end now" : "drain"}});
      runtime.drain();
      draining = true;
    }
    const auto ended = runtime.wait(std::chrono::milliseconds(1));
    const auto status = runtime.status();
    if (live != nullptr) live->show(status, ended && *ended);
    if (!ended) {
      log_error("dataflow_failed", {{"code", to_string(ended.error().code)}, {"reason", ended.error().message}});
      end_within(end_limit);
      return exit_failure;
    }
    if (*ended) return exit_ok;
    if (!draining && options.done && options.done(status)) {
      runtime.drain();
      draining = true;
    }
  }
}

}  // namespace

void take_signals() {
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int run_dataflow(const Plan& plan, StreamPort& streams, ModelPort& models, Metrics& metrics, const Clock& clock,
                 const DataflowOptions& options) {
  auto runtime = Runtime::start({&plan, &streams, &models, &metrics, &clock});
  if (!runtime) {
    log_error("start_failed", {{"code", to_string(runtime.error().code)}, {"reason", runtime.error().message}});
    return exit_code_of(runtime.error());
  }
  std::unique_ptr<StatusServer> server;
  if (!plan.http.listen.empty()) {
    auto started = StatusServer::start(plan.http.listen,
                                       {[&plan, r = runtime->get()] { return conditions_of(plan, *r); },
                                        [&plan, r = runtime->get()] { return status_of(plan, *r); },
                                        [&plan, r = runtime->get()] { return wedged(plan, *r); }},
                                       metrics);
    if (!started) {
      log_error("start_failed", {{"code", to_string(started.error().code)}, {"reason", started.error().message}});
      return exit_code_of(started.error());
    }
    server = std::move(*started);
    log_info("status_server", {{"port", server->port()}});
  }
  std::unique_ptr<LiveLine> live;
  if (options.live) live = std::make_unique<LiveLine>(metrics);
  const int code = watch(**runtime, live.get(), options);
  server.reset();  // before the runtime that it asks
  return code;
}

}  // namespace weir
