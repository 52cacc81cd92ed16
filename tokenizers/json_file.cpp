#include "tokenizers/json_file.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir {
namespace {

using nlohmann::json;

const json nothing;

const json& of(const std::shared_ptr<const void>& value) { return *static_cast<const json*>(value.get()); }

// A value in short. Never its members, whose depth has no bound.
std::string shown(const json& value) {
  if (value.is_structured() && !value.empty()) return value.is_array() ? "a list" : "an object";
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

std::string escaped(std::string_view name) {
  std::string text;
  for (char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

Result<std::optional<JsonAt>> JsonAt::open(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::optional<JsonAt>();
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::io_error, fmt::format("{}: cannot be read", file.string()));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  try {
    return std::optional(JsonAt(std::make_shared<const json>(json::parse(text)), file.string(), ""));
  } catch (const json::exception& e) {
    return fail(ErrorCode::corrupt, fmt::format("{}: is no JSON: {}", file.string(), e.what()));
  }
}

JsonAt JsonAt::operator[](std::string_view name) const {
  const auto pointer = pointer_ + "/" + escaped(name);
  const json* member = &nothing;
  if (const auto found = of(value_).find(std::string(name)); found != of(value_).end()) member = &*found;
  return {{value_, member}, file_, pointer};
}

JsonAt JsonAt::operator[](size_t index) const {
  return {{value_, &of(value_).at(index)}, file_, fmt::format("{}/{}", pointer_, index)};
}

bool JsonAt::is_null() const { return of(value_).is_null(); }

bool JsonAt::is_object() const { return of(value_).is_object(); }

std::vector<std::string> JsonAt::names() const {
  std::vector<std::string> names;
  if (!is_object()) return names;
  names.reserve(of(value_).size());
  for (const auto& member : of(value_).items()) names.push_back(member.key());
  return names;
}

std::optional<double> JsonAt::number() const {
  if (!of(value_).is_number()) return std::nullopt;
  return of(value_).get<double>();
}

tl::unexpected<Error> JsonAt::wrong(std::string_view expected) const {
  return fail(ErrorCode::corrupt, fmt::format("{}: is {}, should be {}", place(), shown(of(value_)), expected));
}

tl::unexpected<Error> JsonAt::unsupported(std::string_view what) const {
  return fail(ErrorCode::unsupported, fmt::format("{}: {}", place(), what));
}

Result<std::string> JsonAt::string() const {
  if (!of(value_).is_string()) return wrong("a string");
  return of(value_).get<std::string>();
}

Result<int64_t> JsonAt::integer(int64_t low, int64_t high) const {
  if (!of(value_).is_number_integer()) return wrong("a whole number");
  const bool too_large = of(value_).is_number_unsigned() && of(value_).get<uint64_t>() > static_cast<uint64_t>(high);
  const auto number = of(value_).get<int64_t>();
  if (too_large || number < low || number > high) return wrong(fmt::format("between {} and {}", low, high));
  return number;
}

Result<bool> JsonAt::boolean(bool fallback) const {
  if (of(value_).is_null()) return fallback;
  if (!of(value_).is_boolean()) return wrong("true or false");
  return of(value_).get<bool>();
}

Result<size_t> JsonAt::array_size() const {
  if (of(value_).is_null()) return size_t{0};
  if (!of(value_).is_array()) return wrong("a list");
  return of(value_).size();
}

Result<void> JsonAt::object() const {
  if (!of(value_).is_object()) return wrong("an object");
  return {};
}

}  // namespace weir
