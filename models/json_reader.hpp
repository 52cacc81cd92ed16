#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace weir {

// Reads the fields of one JSON object of a model directory. The first field that is missing or has the wrong type is
// remembered, and the value asked for is then the fallback, so that a caller reads everything and asks once:
//
//   auto json = JsonReader::open(dir / "config.json");          // not_found, or corrupt with the position
//   config.hidden_size = json->integer("hidden_size", 1, 65536);
//   if (auto error = json->error()) return fail(*error);        // "…/config.json: `hidden_size` is missing"
//
// null counts as absent, as in Hugging Face's files. Copies share the document and the error. For one thread.
class JsonReader {
 public:
  static Result<JsonReader> open(const std::filesystem::path& file);
  // `place` names the text in errors.
  static Result<JsonReader> parse(std::string_view text, std::string place);

  bool has(std::string_view key) const;      // present and not null
  bool is_text(std::string_view key) const;  // present and a string
  bool is_object(std::string_view key) const;
  std::vector<std::string> keys() const;  // of this object, in the order of the file's sorted names

  // Without a fallback a field is required.
  int64_t integer(std::string_view key, int64_t least = 0, int64_t most = std::numeric_limits<int64_t>::max(),
                  std::optional<int64_t> fallback = std::nullopt) const;
  double number(std::string_view key, std::optional<double> fallback = std::nullopt) const;
  bool flag(std::string_view key, bool fallback) const;
  std::string text(std::string_view key, const std::optional<std::string>& fallback = std::nullopt) const;
  std::vector<std::string> texts(std::string_view key) const;  // absent: empty; one string counts as a list of one
  std::vector<int64_t> integers(std::string_view key) const;   // absent: empty
  JsonReader object(std::string_view key) const;               // absent: an empty object
  std::vector<JsonReader> objects() const;                     // this document is an array of objects

  std::string dump() const;  // this object as compact text, keys sorted

  // Remembers a complaint about a field that has the right type and yet cannot be used.
  void complain(ErrorCode code, std::string_view key, std::string_view why) const;
  std::optional<Error> error() const;
  const std::string& place() const;

 private:
  struct Document;
  JsonReader(std::shared_ptr<Document> document, const void* node, std::string path)
      : document_(std::move(document)), node_(node), path_(std::move(path)) {}
  const void* find(std::string_view key) const;

  std::shared_ptr<Document> document_;
  const void* node_;  // nlohmann::json, kept out of headers
  std::string path_;  // "" or "outer." before the names of fields
};

}  // namespace weir
