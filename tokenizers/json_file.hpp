#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/large_pages.hpp"

namespace weir {

// A JSON value with its place, so that an error can say where it is. Shares its document; the place is worked out only
// when it is asked for. Of members with one name the last counts, as in Hugging Face's readers. For one thread.
class JsonAt {
 public:
  using Member = std::function<Result<void>(std::string_view name, const JsonAt& value)>;
  using Item = std::function<Result<void>(const JsonAt& value)>;

  // The root of a file. None: there is no such file. corrupt: it is no JSON (with the byte where it stops to be), nests
  // deeper than 1024, or is larger than 1 GiB.
  static Result<std::optional<JsonAt>> open(const std::filesystem::path& file);

  // The root of a text; `name` is what errors call it. corrupt: it is no JSON.
  static Result<JsonAt> parse(std::string_view text, std::string name);

  std::string place() const;  // "tokenizer.json: /model/vocab"
  bool is_null() const;
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  std::vector<std::string> names() const;  // of an object's members, sorted; else empty

  // A member; null when it is absent. Takes time in the number of members: walk large objects by each_member.
  JsonAt operator[](std::string_view name) const;
  // An element; null behind the end. Walk large lists by each_element.
  JsonAt operator[](size_t index) const;

  // Calls back for all in the order of the file, up to the first error; what it is given is good during the call, and
  // names and views as long as the document. An error when this is no object or list.
  Result<void> each_member(const Member& member) const;
  Result<void> each_element(const Item& item) const;
  // All members of an object of whole numbers, in the order of the file; faster than one by one.
  Result<LargeVector<std::pair<std::string_view, int64_t>>> integers(int64_t low, int64_t high) const;

  std::optional<double> number() const;  // none: it is something else
  Result<std::string> string() const;
  Result<std::string_view> view() const;  // the same without a copy; good as long as the document
  Result<int64_t> integer(int64_t low, int64_t high) const;
  Result<bool> boolean(bool fallback) const;  // null: the fallback
  Result<size_t> array_size() const;          // null: 0
  size_t count() const;                       // of members or elements, about; else 0
  Result<void> object() const;

  tl::unexpected<Error> wrong(std::string_view expected) const;
  tl::unexpected<Error> unsupported(std::string_view what) const;

 private:
  struct Document;
  using Value = std::array<uint64_t, 2>;  // a simdjson::dom::element, kept out of headers

  JsonAt(std::shared_ptr<const Document> document, Value value) : document_(std::move(document)), value_(value) {}
  JsonAt absent(std::string_view step) const;

  std::shared_ptr<const Document> document_;
  Value value_;         // of the nearest parent that is there
  std::string absent_;  // the way from there to a value that is not: "/name"
};

}  // namespace weir
