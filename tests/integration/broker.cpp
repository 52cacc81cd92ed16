#include "tests/integration/broker.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kafka/admin.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::string_view cluster_id = "d2VpciB0ZXN0IGJyb2tlcg";  // any 22 characters of base64

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error("test broker: " + what); }

fs::path cache_directory() {
  const char* set = std::getenv("WEIR_CACHE");
  return (set ? fs::path(set) : fs::path(WEIR_SOURCE_DIR) / ".cache") / "kafka";
}

// Five free ports. They are held together, then let go; somebody else may take one before the broker does, which then
// says so.
std::array<int, 5> free_ports() {
  std::array<int, 5> ports{};
  std::array<int, 5> sockets{};
  for (size_t i = 0; i < ports.size(); ++i) {
    sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(sockets[i], reinterpret_cast<sockaddr*>(&address), size) ||
        getsockname(sockets[i], reinterpret_cast<sockaddr*>(&address), &size))
      give_up(std::system_category().message(errno));
    ports[i] = ntohs(address.sin_port);
  }
  for (const int each : sockets) close(each);
  return ports;
}

pid_t start(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) give_up("fork: " + std::system_category().message(errno));
  if (child == 0) {
    // The broker must not outlive a killed test. (This takes the forking thread for the parent: start it from the main
    // thread.)
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(output, 1);
    dup2(output, 2);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  return child;
}

void run(const std::vector<std::string>& command, const fs::path& log, std::string_view remedy) {
  int status = 0;
  waitpid(start(command, log), &status, 0);
  if (status != 0)
    give_up(fmt::format("'{}' failed (see {}). {}", fmt::join(command.begin(), command.begin() + 2, " "), log.string(),
                        remedy));
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Folders of test processes that were killed.
void remove_orphans(const fs::path& parent) {
  for (const auto& entry : fs::directory_iterator(parent)) {
    const std::string name = entry.path().filename();
    int pid = 0;
    if (std::sscanf(name.c_str(), "weir-broker-%d-", &pid) == 1 && ::kill(pid, 0) != 0 && errno == ESRCH) {
      std::error_code ignored;
      fs::remove_all(entry.path(), ignored);
    }
  }
}

// An archive fits one java only, so its name carries the java's identity.
std::string java_identity() {
  for (const char* path : {"/usr/bin/java", "/usr/local/bin/java"}) {
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    if (!error)
      return fmt::format("{:x}", std::hash<std::string>{}(real) ^ fs::last_write_time(real).time_since_epoch().count());
  }
  return "java";
}

}  // namespace

Broker& Broker::instance() {
  static Broker broker;
  return broker;
}

Broker::Broker() : cache_(cache_directory()) {
  if (!fs::exists(cache_ / "libs"))
    give_up(fmt::format("no Kafka in {}: run tools/kafka-jars (it needs openjdk-17-jre-headless and maven)",
                        cache_.string()));
  remove_orphans(fs::temp_directory_path());
  std::string pattern = (fs::temp_directory_path() / fmt::format("weir-broker-{}-XXXXXX", getpid())).string();
  if (!mkdtemp(pattern.data())) give_up("mkdtemp: " + std::system_category().message(errno));
  directory_ = pattern;
  archive_ = cache_ / fmt::format("broker-{}.jsa", java_identity());
  const auto ports = free_ports();
  ports_ = {ports[0], ports[1], ports[2], ports[3], ports[4]};
  make_certificates();
  write_configuration();
  format();
  launch();
  await_ready();
}

Broker::~Broker() {
  if (pid_ > 0) {
    ::kill(pid_, SIGCONT);
    end(SIGTERM);
  }
  keep_archive();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Broker::make_certificates() {
  const auto openssl = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    run(arguments, log(), "Install openssl.");
  };
  const auto at = [&](const char* name) { return (directory_ / name).string(); };
  const std::vector<std::string> new_key = {"-newkey", "ec",    "-pkeyopt", "ec_paramgen_curve:prime256v1",
                                            "-nodes",  "-days", "2"};
  for (const char* name : {"ca", "other"}) {
    std::vector<std::string> authority = {"req",     "-x509",           "-subj", std::string("/CN=weir ") + name,
                                          "-keyout", at(name) + ".key", "-out",  at(name) + ".pem"};
    authority.insert(authority.end(), new_key.begin(), new_key.end());
    openssl(authority);
  }
  std::ofstream(at("names")) << "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
  std::vector<std::string> request = {"req",  "-subj",         "/CN=localhost", "-keyout", at("server.key"),
                                      "-out", at("server.csr")};
  request.insert(request.end(), new_key.begin(), new_key.end() - 2);
  openssl(request);
  openssl({"x509", "-req", "-in", at("server.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial",
           "-days", "2", "-extfile", at("names"), "-out", at("server.pem")});
  openssl({"pkcs8", "-topk8", "-nocrypt", "-in", at("server.key"), "-out", at("server.pkcs8")});
  std::ofstream(at("keystore.pem")) << read_file(at("server.pkcs8")) << read_file(at("server.pem"))
                                    << read_file(at("ca.pem"));
}

void Broker::write_configuration() {
  std::ofstream(directory_ / "log4j2.properties") << "status=error\n"
                                                     "appender.console.type=Console\n"
                                                     "appender.console.name=console\n"
                                                     "appender.console.layout.type=PatternLayout\n"
                                                     "appender.console.layout.pattern=%d %p %m (%c{1})%n\n"
                                                     "rootLogger.level=warn\n"
                                                     "rootLogger.appenderRef.console.ref=console\n";
  std::ofstream out(directory_ / "server.properties");
  out << fmt::format(
      "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{1}\n"
      "listeners=PLAINTEXT://127.0.0.1:{0},CONTROLLER://127.0.0.1:{1},SSL://127.0.0.1:{2},SASLSSL://"
      "127.0.0.1:{3},SASL://127.0.0.1:{4}\n"
      "advertised.listeners=PLAINTEXT://127.0.0.1:{0},SSL://localhost:{2},SASLSSL://localhost:{3},SASL://"
      "127.0.0.1:{4}\n"
      "log.dirs={5}/data\nssl.keystore.location={5}/keystore.pem\nssl.truststore.location={5}/ca.pem\n",
      ports_.plaintext, ports_.controller, ports_.tls, ports_.sasl_tls, ports_.sasl_plaintext, directory_.string());
  out << R"(controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASLSSL:SASL_SSL,SASL:SASL_PLAINTEXT
ssl.keystore.type=PEM
ssl.truststore.type=PEM
sasl.enabled.mechanisms=PLAIN
listener.name.saslssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_weir="secret";
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_weir="secret";
num.partitions=4
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=500
group.consumer.min.session.timeout.ms=3000
group.consumer.session.timeout.ms=3000
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
auto.create.topics.enable=false
log.segment.bytes=67108864
log.retention.check.interval.ms=10000
num.network.threads=2
num.io.threads=2
background.threads=2
num.recovery.threads.per.data.dir=1
log.cleaner.dedupe.buffer.size=4194304
log.index.size.max.bytes=1048576
)";
}

void Broker::format() {
  run({"java", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
       "-Dlog4j2.configurationFile=" + (directory_ / "log4j2.properties").string(), "-cp",
       (cache_ / "libs").string() + "/*", "kafka.tools.StorageTool", "format", "-t", std::string(cluster_id), "-c",
       (directory_ / "server.properties").string()},
      log(), "Install openjdk-17-jre-headless, run tools/kafka-jars.");
}

void Broker::launch() {
  std::vector<std::string> command = {"java", "-Xms96m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"};
  if (fs::exists(archive_)) {
    command.push_back("-XX:SharedArchiveFile=" + archive_.string());
  } else {
    new_archive_ = directory_ / "broker.jsa";
    command.push_back("-XX:ArchiveClassesAtExit=" + new_archive_.string());
  }
  command.insert(command.end(),
                 {"-Dlog4j2.configurationFile=" + (directory_ / "log4j2.properties").string(), "-cp",
                  (cache_ / "libs").string() + "/*", "kafka.Kafka", (directory_ / "server.properties").string()});
  pid_ = start(command, log());
}

// The client listeners open once the broker is unfenced, so the first answered request means ready.
void Broker::await_ready() {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < deadline) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      give_up("it ended at once:\n" + read_file(log()));
    }
    if (kafka::Admin::connect(properties(), 1s)) return;
  }
  give_up("no answer within a minute:\n" + read_file(log()));
}

void Broker::end(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (waitpid(pid_, nullptr, WNOHANG) != pid_) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(pid_, SIGKILL);
    std::this_thread::sleep_for(10ms);
  }
  pid_ = -1;
}

void Broker::keep_archive() {
  std::error_code ignored;
  if (new_archive_.empty() || !fs::exists(new_archive_, ignored)) return;
  const fs::path beside =
      archive_.string() + fmt::format(".{}", getpid());  // rename is atomic within a file system only
  fs::copy_file(new_archive_, beside, fs::copy_options::overwrite_existing, ignored);
  if (!ignored) fs::rename(beside, archive_, ignored);
}

std::string Broker::unique_name(std::string_view prefix) { return fmt::format("{}-{}-{}", prefix, getpid(), ++names_); }

std::string Broker::create_topic(std::string_view prefix, int partitions,
                                 const std::map<std::string, std::string>& config) {
  const std::string name = unique_name(prefix);
  auto admin = kafka::Admin::connect(properties(), 20s);
  if (!admin) give_up(admin.error().message);
  const std::string names[] = {name};
  if (auto created = (*admin)->create_topics(names, {partitions, 1}, config, 20s); !created)
    give_up(created.error().message);
  return name;
}

void Broker::freeze() { ::kill(pid_, SIGSTOP); }
void Broker::thaw() { ::kill(pid_, SIGCONT); }
void Broker::stop() { end(SIGTERM); }
void Broker::kill() { end(SIGKILL); }
void Broker::restart() {
  launch();
  await_ready();
}

}  // namespace weir::test
