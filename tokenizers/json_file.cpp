#include "tokenizers/json_file.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir {
namespace {

const nlohmann::json nothing;

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

JsonAt JsonAt::operator[](std::string_view name) const {
  const auto pointer = pointer_ + "/" + escaped(name);
  if (!value_->is_object()) return {nothing, file_, pointer};
  const auto found = value_->find(std::string(name));
  return {found == value_->end() ? nothing : *found, file_, pointer};
}

JsonAt JsonAt::operator[](size_t index) const {
  return {value_->at(index), file_, fmt::format("{}/{}", pointer_, index)};
}

bool JsonAt::is_null() const { return value_->is_null(); }

tl::unexpected<Error> JsonAt::wrong(std::string_view expected) const {
  std::string shown = value_->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  return fail(ErrorCode::corrupt, fmt::format("{}: is {}, should be {}", place(), shown, expected));
}

tl::unexpected<Error> JsonAt::unsupported(std::string_view what) const {
  return fail(ErrorCode::unsupported, fmt::format("{}: {}", place(), what));
}

Result<std::string> JsonAt::string() const {
  if (!value_->is_string()) return wrong("a string");
  return value_->get<std::string>();
}

Result<int64_t> JsonAt::integer(int64_t low, int64_t high) const {
  if (!value_->is_number_integer()) return wrong("a whole number");
  const bool too_large = value_->is_number_unsigned() && value_->get<uint64_t>() > static_cast<uint64_t>(high);
  const auto number = value_->get<int64_t>();
  if (too_large || number < low || number > high) return wrong(fmt::format("between {} and {}", low, high));
  return number;
}

Result<bool> JsonAt::boolean(bool fallback) const {
  if (value_->is_null()) return fallback;
  if (!value_->is_boolean()) return wrong("true or false");
  return value_->get<bool>();
}

Result<size_t> JsonAt::array_size() const {
  if (value_->is_null()) return size_t{0};
  if (!value_->is_array()) return wrong("a list");
  return value_->size();
}

Result<void> JsonAt::object() const {
  if (!value_->is_object()) return wrong("an object");
  return {};
}

Result<std::shared_ptr<const nlohmann::json>> read_json_file(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::shared_ptr<const nlohmann::json>();
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::io_error, fmt::format("{}: cannot be read", file.string()));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  try {
    return std::make_shared<const nlohmann::json>(nlohmann::json::parse(text));
  } catch (const nlohmann::json::exception& e) {
    return fail(ErrorCode::corrupt, fmt::format("{}: is no JSON: {}", file.string(), e.what()));
  }
}

}  // namespace weir
