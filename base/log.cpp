#include "base/log.hpp"

#include <memory>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace weir {
namespace {

struct Logger {
  std::shared_ptr<spdlog::logger> out =
      std::make_shared<spdlog::logger>("weir", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  LogFormat format = LogFormat::text;

  Logger() { apply(LogLevel::info, LogFormat::text); }

  void apply(LogLevel level, LogFormat f) {
    format = f;
    // spdlog adds only time and level; the rest of the line is ours.
    out->set_pattern(
        f == LogFormat::text ? "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v" : R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
        spdlog::pattern_time_type::utc);
    out->set_level(to_spdlog(level));
    out->flush_on(spdlog::level::debug);
  }

  static spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
      case LogLevel::debug: return spdlog::level::debug;
      case LogLevel::info: return spdlog::level::info;
      case LogLevel::warn: return spdlog::level::warn;
      case LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::info;
  }
};

Logger& logger() {
  static Logger instance;
  return instance;
}

void append_escaped(std::string& line, std::string_view text) {
  line += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      line += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      line += c;
    }
  }
  line += '"';
}

bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == '\\') return false;
  return true;
}

}  // namespace

void log_setup(LogLevel level, LogFormat format) { logger().apply(level, format); }

bool log_enabled(LogLevel level) { return logger().out->should_log(Logger::to_spdlog(level)); }

void log(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  auto& log = logger();
  const auto at = Logger::to_spdlog(level);
  if (!log.out->should_log(at)) return;
  std::string line;
  if (log.format == LogFormat::text) {
    line += event;
    for (const auto& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      if (is_plain(field.value)) {
        line += field.value;
      } else {
        append_escaped(line, field.value);
      }
    }
  } else {
    line += "\"event\":";
    append_escaped(line, event);
    for (const auto& field : fields) {
      line += ',';
      append_escaped(line, field.key);
      line += ':';
      append_escaped(line, field.value);
    }
  }
  log.out->log(at, "{}", line);
}

}  // namespace weir
