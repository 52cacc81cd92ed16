#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "messages/job_readers.hpp"
#include "messages/utf8.hpp"

namespace weir {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; }

std::string_view trim(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && equals_ignoring_case(text.substr(text.size() - suffix.size()), suffix);
}

// What Kafka allows (org.apache.kafka.common.internals.Topic). A name that it refuses would fail for ever when written.
bool legal_topic(std::string_view name) {
  if (name.empty() || name.size() > 249 || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '.' || c == '_' || c == '-';
  });
}

// The value of a parameter of a content type, without quotes.
std::string_view parameter(std::string_view content_type, std::string_view name) {
  for (size_t at = content_type.find(';'); at != std::string_view::npos; at = content_type.find(';', at + 1)) {
    const auto one = content_type.substr(at + 1, content_type.find(';', at + 1) - at - 1);
    const auto equals = one.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(trim(one.substr(0, equals)), name)) continue;
    auto value = trim(one.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string quote(std::string_view text) {
  constexpr size_t most = 40;
  const bool cut = text.size() > most;
  std::string_view shown = text.substr(0, most);
  std::string out = "'";
  for (const char c : shown.substr(0, valid_utf8_prefix(shown))) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return out + (cut ? "...'" : "'");
}

JobHeaders find_job_headers(std::span<const Header> headers) {
  JobHeaders found;
  for (const Header& header : headers) {
    if (!header.value) continue;
    const auto is = [&](std::string_view name) { return equals_ignoring_case(header.name, name); };
    if (is("content-type")) {
      found.content_type = header.value;
    } else if (is("weir-deadline-ms")) {
      found.deadline_ms = header.value;
    } else if (is("weir-priority")) {
      found.priority = header.value;
    } else if (is("kafka_replyTopic") || is("reply-topic")) {
      found.reply_topic = header.value;
    } else if (is("kafka_correlationId") || is("correlation-id")) {
      found.correlation_id = header.value;
    }
  }
  return found;
}

Result<RecordFormat> format_of(std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  if (equals_ignoring_case(type, "application/vnd.weir.job+flatbuffers")) return RecordFormat::flatbuffers;
  if (equals_ignoring_case(type, "application/json") || ends_with_ignoring_case(type, "+json"))
    return RecordFormat::json;
  if (equals_ignoring_case(type, "text/plain")) {
    const auto charset = parameter(content_type, "charset");
    if (charset.empty() || equals_ignoring_case(charset, "utf-8") || equals_ignoring_case(charset, "us-ascii"))
      return RecordFormat::text;
    return fail(ErrorCode::unsupported_content_type,
                fmt::format("header content-type: charset {} is not read; send UTF-8", quote(charset)));
  }
  return fail(
      ErrorCode::unsupported_content_type,
      fmt::format(
          "header content-type: {} is none of application/json, application/vnd.weir.job+flatbuffers, text/plain",
          quote(content_type)));
}

Result<void> apply_headers(const JobHeaders& headers, Job& job) {
  if (headers.reply_topic) {
    if (!legal_topic(*headers.reply_topic))
      return fail(ErrorCode::invalid_request,
                  fmt::format("the reply topic header: {} is not a topic name", quote(*headers.reply_topic)));
    job.reply_topic = *headers.reply_topic;
  }
  if (headers.correlation_id) job.correlation_id = *headers.correlation_id;
  if (headers.deadline_ms) {
    const auto text = *headers.deadline_ms;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), job.deadline_ms);
    if (error != std::errc{} || end != text.data() + text.size() || job.deadline_ms < 0)
      return fail(ErrorCode::invalid_request,
                  fmt::format("header weir-deadline-ms: {} is not a time in Unix milliseconds", quote(text)));
  }
  if (headers.priority) {
    const auto lane = lane_from_string(*headers.priority);
    if (!lane)
      return fail(ErrorCode::invalid_request,
                  fmt::format("header weir-priority: {} is neither realtime nor bulk", quote(*headers.priority)));
    job.priority = lane;
  }
  return {};
}

}  // namespace weir
