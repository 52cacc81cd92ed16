#include "app/demo_documents.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir {
namespace {

constexpr size_t record_overhead = 400;  // of a document's outcome beside its vector, and of both records' framing

Result<std::vector<std::string>> read_lines(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, fmt::format("--input: cannot read {}", path));
  std::vector<std::string> lines;
  std::string line;
  while (std::getline(in, line))
    if (!line.empty()) lines.push_back(std::move(line));
  if (lines.empty()) return fail(ErrorCode::invalid_request, fmt::format("--input: {} has no documents", path));
  return lines;
}

}  // namespace

Result<std::vector<DemoDocument>> read_documents(const std::string& path, size_t count, int64_t most_bytes) {
  auto lines = read_lines(path);
  if (!lines) return fail(std::move(lines.error()));
  const double step = std::max(1.0, static_cast<double>(lines->size()) / static_cast<double>(count));
  std::vector<DemoDocument> documents;
  std::set<std::string> ids;
  size_t bytes = 0;
  for (size_t i = 0; i < std::min(count, lines->size()); ++i) {
    const auto at = static_cast<size_t>(static_cast<double>(i) * step);
    const auto json = nlohmann::json::parse((*lines)[at], nullptr, false);
    if (!json.is_object() || !json.contains("text") || !json["text"].is_string())
      return fail(
          ErrorCode::invalid_request,
          fmt::format("{}:{}: a line must be {{\"id\": ..., \"text\": ...}} with a string as text", path, at + 1));
    DemoDocument document{
        json.contains("id") && json["id"].is_string() ? json["id"].get<std::string>() : fmt::format("line {}", at + 1),
        json["text"].get<std::string>()};
    if (!ids.insert(document.id).second) {
      document.id += fmt::format(" (line {})", at + 1);
      ids.insert(document.id);
    }
    bytes += document.text.size() + document.id.size() + record_overhead;
    if (most_bytes > 0 && static_cast<int64_t>(bytes) > most_bytes) break;
    documents.push_back(std::move(document));
  }
  return documents;
}

std::string job_json(std::string_view id, std::string_view text) {
  const nlohmann::json job{{"id", id}, {"text", text}};
  return job.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string first_words(std::string_view text, size_t bytes) {
  std::string words;
  for (char c : text.substr(0, bytes)) words += c == '\n' || c == '\t' ? ' ' : c;
  if (text.size() <= bytes) return words;
  const auto space = words.rfind(' ');
  if (space != std::string::npos) words.resize(space);
  return words + " ...";
}

}  // namespace weir
