#include "http/status_server.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <exception>
#include <httplib.h>
#include <semaphore>
#include <signal.h>
#include <sys/socket.h>
#include <thread>

#include <fmt/format.h>

#include "base/log.hpp"
#include "messages/json_writer.hpp"

namespace weir {
namespace {

constexpr int kThreads = 4;
constexpr int kWaiting = 16;  // connections accepted and not yet served
constexpr std::chrono::seconds kTimeout{2};

struct Address {
  std::string host;
  int port = 0;
};

Result<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  Address address;
  if (colon != std::string_view::npos) {
    auto host = text.substr(0, colon);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    const auto digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    address.host = host;
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    if (whole && !address.host.empty() && address.port >= 0 && address.port <= 65535) return address;
  }
  return fail(
      ErrorCode::invalid_config,
      fmt::format("http: listen address '{}' is not of the form host:port; write for example 127.0.0.1:9100, or "
                  "0.0.0.0:9100 for every interface",
                  text));
}

// httplib's pool queues without bound: the acceptor waits here instead, and the kernel's backlog refuses the rest.
class BoundedPool final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> serve) override {
    places_.acquire();
    pool_.enqueue([this, serve = std::move(serve)] {
      serve();
      places_.release();
    });
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  std::counting_semaphore<kThreads + kWaiting> places_{kThreads + kWaiting};
  httplib::ThreadPool pool_{kThreads};
};

// {"ready":false,"conditions":[{"name":"assigned","holds":false,"reason":"..."}]}
std::string conditions_json(const std::vector<Condition>& conditions, bool ready) {
  std::string out;
  JsonWriter json(out);
  json.open('{');
  json.field("ready").boolean(ready);
  json.field("conditions").open('[');
  for (const auto& condition : conditions) {
    json.open('{');
    json.field("name").string(condition.name);
    json.field("holds").boolean(condition.holds);
    if (!condition.holds) json.field("reason").string(condition.reason);
    json.close('}');
  }
  json.close(']');
  json.close('}');
  return out + "\n";
}

// {"alive":false,"reason":"..."}
std::string alive_json(std::string_view wedged) {
  std::string out;
  JsonWriter json(out);
  json.open('{');
  json.field("alive").boolean(wedged.empty());
  if (!wedged.empty()) json.field("reason").string(wedged);
  json.close('}');
  return out + "\n";
}

std::string message_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown exception";
  }
}

void add_routes(httplib::Server& server, const StatusProvider& provider, const Metrics& metrics) {
  server.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics.expose(), "text/plain; version=0.0.4; charset=utf-8");
  });
  server.Get("/livez", [&provider](const httplib::Request&, httplib::Response& response) {
    const auto wedged = provider.wedged ? provider.wedged() : std::string();
    response.status = wedged.empty() ? 200 : 503;
    response.set_content(alive_json(wedged), "application/json");
  });
  server.Get("/readyz", [&provider](const httplib::Request&, httplib::Response& response) {
    const auto conditions = provider.conditions ? provider.conditions() : std::vector<Condition>{};
    const bool ready = std::all_of(conditions.begin(), conditions.end(), [](const auto& c) { return c.holds; });
    response.status = ready ? 200 : 503;
    response.set_content(conditions_json(conditions, ready), "application/json");
  });
  server.Get("/status", [&provider](const httplib::Request&, httplib::Response& response) {
    response.set_content((provider.status ? provider.status() : "{}") + "\n", "application/json");
  });
  server.set_exception_handler(
      [](const httplib::Request& request, httplib::Response& response, const std::exception_ptr& thrown) {
        log_error("status_request_failed", {{"path", request.path}, {"reason", message_of(thrown)}});
        response.status = 500;
        response.set_content("{\"error\":\"the request failed inside weir; its log says more\"}\n", "application/json");
      });
  server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    response.set_content("{\"error\":\"there are GET /metrics, /livez, /readyz and /status\"}\n", "application/json");
  });
}

void set_limits(httplib::Server& server) {
  server.new_task_queue = [] { return new BoundedPool; };  // the server deletes it
  server.set_keep_alive_max_count(1);
  server.set_read_timeout(kTimeout);
  server.set_write_timeout(kTimeout);
  server.set_payload_max_length(4096);
  // httplib's default shares the port with whoever else listens on it (SO_REUSEPORT): a second weir would seem to
  // start.
  server.set_socket_options([](int socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
}

}  // namespace

struct StatusServer::Running {
  StatusProvider provider;
  httplib::Server server;
  std::thread thread;
  int port = 0;

  void serve() {
    // A client that hangs up early must not end the process: writes by these threads report EPIPE instead.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    server.listen_after_bind();
  }
};

StatusServer::StatusServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}

StatusServer::~StatusServer() {
  running_->server.stop();
  running_->thread.join();
}

int StatusServer::port() const { return running_->port; }

Result<std::unique_ptr<StatusServer>> StatusServer::start(std::string_view listen, StatusProvider provider,
                                                          const Metrics& metrics) {
  const auto address = parse_address(listen);
  if (!address) return fail(address.error());
  auto running = std::make_unique<Running>();
  running->provider = std::move(provider);
  auto& server = running->server;
  set_limits(server);
  add_routes(server, running->provider, metrics);
  errno = 0;
  running->port = address->port == 0                                  ? server.bind_to_any_port(address->host)
                  : server.bind_to_port(address->host, address->port) ? address->port
                                                                      : -1;
  if (running->port < 0) {
    const std::string reason =
        errno != 0 ? std::strerror(errno) : "the host name does not resolve to an address of this machine";
    return fail(ErrorCode::io_error,
                fmt::format("http: cannot listen on {}: {}; choose another `listen:` address", listen, reason));
  }
  running->thread = std::thread([raw = running.get()] { raw->serve(); });
  // `stop` has no effect on a server that does not run yet.
  while (!server.is_running()) std::this_thread::yield();
  return std::unique_ptr<StatusServer>(new StatusServer(std::move(running)));
}

}  // namespace weir
