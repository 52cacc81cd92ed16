#include "models/json_reader.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir {
namespace {

using Json = nlohmann::json;

const Json& as_json(const void* node) { return *static_cast<const Json*>(node); }
const Json empty_object = Json::object();

}  // namespace

struct JsonReader::Document {
  Json root;
  std::string place;
  std::optional<Error> error;
};

Result<JsonReader> JsonReader::open(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, fmt::format("{}: cannot be opened", file.string()));
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return fail(ErrorCode::io_error, fmt::format("{}: cannot be read", file.string()));
  return parse(text.str(), file.string());
}

Result<JsonReader> JsonReader::parse(std::string_view text, std::string place) {
  auto document = std::make_shared<Document>();
  document->place = std::move(place);
  try {
    document->root = Json::parse(text);
  } catch (const Json::exception& e) {
    return fail(ErrorCode::corrupt, fmt::format("{}: not JSON: {}", document->place, e.what()));
  }
  if (!document->root.is_object() && !document->root.is_array())
    return fail(ErrorCode::corrupt, fmt::format("{}: neither an object nor an array", document->place));
  const void* root = &document->root;
  return JsonReader(std::move(document), root, "");
}

const void* JsonReader::find(std::string_view key) const {
  const Json& node = as_json(node_);
  if (!node.is_object()) return nullptr;
  const auto it = node.find(std::string(key));
  return it == node.end() || it->is_null() ? nullptr : &*it;
}

bool JsonReader::has(std::string_view key) const { return find(key) != nullptr; }

bool JsonReader::is_text(std::string_view key) const {
  const void* found = find(key);
  return found && as_json(found).is_string();
}

bool JsonReader::is_object(std::string_view key) const {
  const void* found = find(key);
  return found && as_json(found).is_object();
}

std::vector<std::string> JsonReader::keys() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : as_json(node_).items())
    if (!value.is_null()) names.push_back(name);
  return names;
}

int64_t JsonReader::integer(std::string_view key, int64_t least, int64_t most, std::optional<int64_t> fallback) const {
  const void* found = find(key);
  if (!found) {
    if (!fallback) complain(ErrorCode::corrupt, key, "is missing");
    return fallback.value_or(least);
  }
  const Json& value = as_json(found);
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
  if (!fits) {
    complain(ErrorCode::corrupt, key, fmt::format("is {}, not a whole number", value.dump()));
    return fallback.value_or(least);
  }
  const auto number = value.get<int64_t>();
  if (number < least || number > most) {
    complain(ErrorCode::corrupt, key, fmt::format("is {}, allowed are {} to {}", number, least, most));
    return fallback.value_or(least);
  }
  return number;
}

double JsonReader::number(std::string_view key, std::optional<double> fallback) const {
  const void* found = find(key);
  if (found && as_json(found).is_number()) return as_json(found).get<double>();
  if (found) complain(ErrorCode::corrupt, key, fmt::format("is {}, not a number", as_json(found).dump()));
  if (!found && !fallback) complain(ErrorCode::corrupt, key, "is missing");
  return fallback.value_or(0);
}

bool JsonReader::flag(std::string_view key, bool fallback) const {
  const void* found = find(key);
  if (!found) return fallback;
  if (as_json(found).is_boolean()) return as_json(found).get<bool>();
  complain(ErrorCode::corrupt, key, fmt::format("is {}, neither true nor false", as_json(found).dump()));
  return fallback;
}

std::string JsonReader::text(std::string_view key, const std::optional<std::string>& fallback) const {
  const void* found = find(key);
  if (found && as_json(found).is_string()) return as_json(found).get<std::string>();
  if (found) complain(ErrorCode::corrupt, key, fmt::format("is {}, not a string", as_json(found).dump()));
  if (!found && !fallback) complain(ErrorCode::corrupt, key, "is missing");
  return fallback.value_or("");
}

std::vector<std::string> JsonReader::texts(std::string_view key) const {
  const void* found = find(key);
  if (!found) return {};
  const Json& value = as_json(found);
  if (value.is_string()) return {value.get<std::string>()};
  std::vector<std::string> out;
  for (const Json& item : value.is_array() ? value : Json::array({nullptr})) {
    if (!item.is_string()) {
      complain(ErrorCode::corrupt, key, "is not a list of strings");
      return {};
    }
    out.push_back(item.get<std::string>());
  }
  return out;
}

std::vector<int64_t> JsonReader::integers(std::string_view key) const {
  const void* found = find(key);
  if (!found) return {};
  const Json& value = as_json(found);
  std::vector<int64_t> out;
  for (const Json& item : value.is_array() ? value : Json::array({nullptr})) {
    if (!item.is_number_integer()) {
      complain(ErrorCode::corrupt, key, "is not a list of whole numbers");
      return {};
    }
    out.push_back(item.get<int64_t>());
  }
  return out;
}

JsonReader JsonReader::object(std::string_view key) const {
  const void* found = find(key);
  if (found && !as_json(found).is_object()) {
    complain(ErrorCode::corrupt, key, "is not an object");
    found = nullptr;
  }
  return JsonReader(document_, found ? found : &empty_object, fmt::format("{}{}.", path_, key));
}

std::vector<JsonReader> JsonReader::objects() const {
  const Json& node = as_json(node_);
  std::vector<JsonReader> out;
  if (!node.is_array()) {
    complain(ErrorCode::corrupt, "", "is not an array");
    return out;
  }
  for (size_t i = 0; i < node.size(); ++i) {
    if (!node[i].is_object()) complain(ErrorCode::corrupt, fmt::format("[{}]", i), "is not an object");
    out.push_back(
        JsonReader(document_, node[i].is_object() ? &node[i] : &empty_object, fmt::format("{}[{}].", path_, i)));
  }
  return out;
}

std::string JsonReader::dump() const { return as_json(node_).dump(-1, ' ', true, Json::error_handler_t::replace); }

void JsonReader::complain(ErrorCode code, std::string_view key, std::string_view why) const {
  if (!document_->error)
    document_->error = Error{code, fmt::format("{}: `{}{}` {}", document_->place, path_, key, why)};
}

std::optional<Error> JsonReader::error() const { return document_->error; }
const std::string& JsonReader::place() const { return document_->place; }

}  // namespace weir
