#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"

namespace weir {

// A JSON value with its place, so that an error can say where it is. A view.
class JsonAt {
 public:
  JsonAt(const nlohmann::json& value, std::string file, std::string pointer)
      : value_(&value), file_(std::move(file)), pointer_(std::move(pointer)) {}

  const nlohmann::json& value() const { return *value_; }
  std::string place() const { return file_ + ": " + (pointer_.empty() ? "/" : pointer_); }
  bool is_null() const;

  // A member; null when it is absent.
  JsonAt operator[](std::string_view name) const;
  JsonAt operator[](size_t index) const;

  Result<std::string> string() const;
  Result<int64_t> integer(int64_t low, int64_t high) const;
  Result<bool> boolean(bool fallback) const;  // null: the fallback
  Result<size_t> array_size() const;
  Result<void> object() const;

  tl::unexpected<Error> wrong(std::string_view expected) const;
  tl::unexpected<Error> unsupported(std::string_view what) const;

 private:
  const nlohmann::json* value_;
  std::string file_;
  std::string pointer_;
};

// Null: there is no such file. corrupt: it is no JSON, with the byte where it ends to be.
Result<std::shared_ptr<const nlohmann::json>> read_json_file(const std::filesystem::path& file);

}  // namespace weir
