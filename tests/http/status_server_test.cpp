#include "http/status_server.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <httplib.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::HasSubstr;

struct StatusServerTest : testing::Test {
  Metrics metrics;
  std::vector<Condition> conditions;
  std::unique_ptr<StatusServer> server;

  void start(StatusProvider provider) {
    auto started = StatusServer::start("127.0.0.1:0", std::move(provider), metrics);
    ASSERT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }
  httplib::Result get(const std::string& path) { return httplib::Client("127.0.0.1", server->port()).Get(path); }
};

TEST_F(StatusServerTest, serves_metrics_as_prometheus_reads_them) {
  start({});
  metrics.counter({"weir_test_records_total", MetricKind::counter, "Records."}, {{"stage", "a"}}).add(3);
  const auto answer = get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer->body, HasSubstr("weir_test_records_total{stage=\"a\"} 3"));
}

TEST_F(StatusServerTest, is_ready_while_every_condition_holds_and_says_which_does_not) {
  start({.conditions = [this] { return conditions; }, .status = {}, .wedged = {}});
  EXPECT_EQ(get("/readyz")->status, 200);
  conditions = {{"assigned", true, ""}, {"breaker_closed", false, "600 of 1000 \"jobs\" failed\n"}};
  const auto answer = get("/readyz");
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, R"({"ready":false,"conditions":[{"name":"assigned","holds":true},)"
                          R"({"name":"breaker_closed","holds":false,"reason":"600 of 1000 \"jobs\" failed\n"}]})"
                          "\n");
  EXPECT_EQ(get("/livez")->status, 200);
}

TEST_F(StatusServerTest, passes_the_status_on_and_survives_a_callback_that_throws) {
  start({.conditions = []() -> std::vector<Condition> { throw std::runtime_error("no"); },
         .status = [] { return std::string(R"({"name":"embed"})"); },
         .wedged = {}});
  const auto status = get("/status");
  EXPECT_EQ(status->body, "{\"name\":\"embed\"}\n");
  EXPECT_EQ(status->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(get("/readyz")->status, 500);
  EXPECT_EQ(get("/livez")->status, 200);
}

TEST_F(StatusServerTest, is_alive_until_something_is_wedged) {
  std::string wedged;
  start({.conditions = {}, .status = {}, .wedged = [&wedged] { return wedged; }});
  EXPECT_EQ(get("/livez")->status, 200);
  EXPECT_EQ(get("/livez")->body, "{\"alive\":true}\n");
  wedged = "documents: an outcome is overdue";
  EXPECT_EQ(get("/livez")->status, 503);
  EXPECT_EQ(get("/livez")->body, "{\"alive\":false,\"reason\":\"documents: an outcome is overdue\"}\n");
}

TEST_F(StatusServerTest, an_unknown_path_is_told_the_known_ones) {
  start({});
  const auto answer = get("/");
  EXPECT_EQ(answer->status, 404);
  EXPECT_THAT(answer->body, HasSubstr("/readyz"));
  EXPECT_EQ(httplib::Client("127.0.0.1", server->port()).Post("/livez")->status, 404);
}

TEST_F(StatusServerTest, a_client_that_hangs_up_harms_nobody) {
  start({.conditions = {}, .status = [] { return std::string(8 << 20, 'x'); }, .wedged = {}});
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(server->port()));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(client, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
  const std::string_view request = "GET /status HTTP/1.1\r\nHost: x\r\n\r\n";
  ASSERT_EQ(send(client, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  char byte = 0;
  ASSERT_EQ(recv(client, &byte, 1, 0), 1);  // the answer is under way, and far from whole
  const linger reset{1, 0};
  setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  close(client);
  EXPECT_EQ(get("/livez")->status, 200);
}

TEST_F(StatusServerTest, serves_many_clients_with_few_threads) {
  start({});
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 40; ++i) {
    clients.emplace_back([&] {
      httplib::Client client("127.0.0.1", server->port());
      client.set_read_timeout(30);
      const auto answer = client.Get("/livez");
      if (answer && answer->status == 200) ++answered;
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(answered, 40);
}

TEST_F(StatusServerTest, a_port_in_use_is_an_error_that_names_it) {
  start({});
  const auto address = fmt::format("127.0.0.1:{}", server->port());
  const auto second = StatusServer::start(address, {}, metrics);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::io_error);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen on " + address + ": Address already in use"));
}

TEST_F(StatusServerTest, a_bad_address_is_an_error_that_shows_a_good_one) {
  for (const auto* address :
       {"", "9100", ":9100", "localhost", "localhost:", "localhost:http", "localhost:70000", "h:-1", "h:1 "}) {
    const auto started = StatusServer::start(address, {}, metrics);
    ASSERT_FALSE(started) << address;
    EXPECT_EQ(started.error().code, ErrorCode::invalid_config) << address;
    EXPECT_THAT(started.error().message, HasSubstr("127.0.0.1:9100")) << address;
  }
  const auto foreign = StatusServer::start("192.0.2.1:9100", {}, metrics);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::io_error);
}

TEST_F(StatusServerTest, reads_ipv6_addresses) {
  const auto started = StatusServer::start("[::1]:0", {}, metrics);
  if (started) {
    EXPECT_EQ(httplib::Client("::1", (*started)->port()).Get("/livez")->status, 200);
  } else {  // a machine without IPv6: the address was understood
    EXPECT_EQ(started.error().code, ErrorCode::io_error);
  }
}

}  // namespace
}  // namespace weir
