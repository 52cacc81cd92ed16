#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace weir {

// A JSON value with its place, so that an error can say where it is. Shares its document. For one thread.
class JsonAt {
 public:
  // The root of a file. None: there is no such file. corrupt: it is no JSON, with the byte where it stops to be.
  static Result<std::optional<JsonAt>> open(const std::filesystem::path& file);

  std::string place() const { return file_ + ": " + (pointer_.empty() ? "/" : pointer_); }
  bool is_null() const;
  bool is_object() const;
  std::vector<std::string> names() const;  // of an object's members, sorted; else empty

  // A member; null when it is absent.
  JsonAt operator[](std::string_view name) const;
  JsonAt operator[](size_t index) const;

  std::optional<double> number() const;  // none: it is something else
  Result<std::string> string() const;
  Result<int64_t> integer(int64_t low, int64_t high) const;
  Result<bool> boolean(bool fallback) const;  // null: the fallback
  Result<size_t> array_size() const;
  Result<void> object() const;

  tl::unexpected<Error> wrong(std::string_view expected) const;
  tl::unexpected<Error> unsupported(std::string_view what) const;

 private:
  JsonAt(std::shared_ptr<const void> value, std::string file, std::string pointer)
      : value_(std::move(value)), file_(std::move(file)), pointer_(std::move(pointer)) {}

  std::shared_ptr<const void> value_;  // nlohmann::json, kept out of headers; owns the whole document
  std::string file_;
  std::string pointer_;
};

}  // namespace weir
