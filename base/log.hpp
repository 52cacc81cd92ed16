#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace weir {

enum class LogLevel : uint8_t { debug, info, warn, error };
enum class LogFormat : uint8_t { text, json };

// One field of a log line. The value is formatted by fmt; strings are quoted where needed.
struct Field {
  std::string_view key;
  std::string value;

  template <typename T>
  Field(std::string_view k, const T& v) : key(k), value(fmt::format("{}", v)) {}
};

// Structured logs to stderr, one line per event: `2026-01-02T03:04:05.678Z info  consumer_assigned topic=documents
// partitions=4` or the same as one JSON object. The event is a stable snake_case word that can be searched for.
// Thread-safe. At info level weir is silent per record. Call log_setup once, before threads start; without it, text at
// info.
void log_setup(LogLevel level, LogFormat format);
bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});

inline void log_debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(LogLevel::debug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(LogLevel::info, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(LogLevel::warn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(LogLevel::error, event, fields);
}

}  // namespace weir
