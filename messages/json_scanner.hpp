#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "messages/arena.hpp"

namespace weir {

// Why a text cannot be read as JSON at all.
enum class JsonFault : uint8_t { none, empty, not_utf8, control_character, open_string, too_large };

// Reads one JSON text token by token, strictly (RFC 8259). simdjson's first stage does what costs: it checks UTF-8 and
// strings and finds where tokens begin. The walk over them is ours, because a job needs what no parser gives at once:
// views of strings without a copy, the untouched text of a value, and a check of all that is skipped. Keeps its index
// between texts, so that it does not allocate; for one thread.
class JsonScanner {
 public:
  JsonScanner();
  ~JsonScanner();
  JsonScanner(JsonScanner&&) noexcept;
  JsonScanner& operator=(JsonScanner&&) noexcept;

  // Begins `text`, which must stay until its last token was read. It needs no padding.
  JsonFault scan(std::string_view text);

  // The current token: its first byte ('\0' at the end), its text, where it stands.
  char peek() const { return at_end() ? '\0' : text_[index_[next_]]; }
  std::string_view token() const;
  size_t position() const { return at_end() ? text_.size() : index_[next_]; }
  bool at_end() const { return next_ == count_; }
  void advance() { ++next_; }
  // Passes a token of one character if it is the current one.
  bool take(char one) {
    if (peek() != one) return false;
    advance();
    return true;
  }

  // The text from a former position to the current token, without the space between.
  std::string_view since(size_t position) const;

  // Passes a string; what is between its quotes, escapes unread. nullopt: the token is no string, and stays.
  std::optional<std::string_view> take_string();

  // How many elements the array that begins here has, if all are scalars; else an upper bound of those before the first
  // nested one.
  size_t count_elements() const;

  // Checks and passes one value of any kind, nested at most `depth` deep. False: it is broken at position(), or nested
  // deeper.
  bool skip_value(uint32_t depth);

 private:
  bool skip_object(uint32_t depth);
  bool skip_array(uint32_t depth);

  struct Index;
  std::unique_ptr<Index> owner_;
  std::string_view text_;
  const uint32_t* index_ = nullptr;  // where tokens begin
  size_t count_ = 0;
  size_t next_ = 0;
};

// A number as JSON writes it.
bool is_json_number(std::string_view token);

// Escapes of a JSON string are well-formed; surrogates may still be alone.
bool valid_json_escapes(std::string_view raw);

enum class Unescaped : uint8_t { ok, lone_surrogate, broken };

// What a string means: a view of `raw` if it has no escapes, else a copy in the arena. A lone surrogate has no UTF-8:
// it becomes U+FFFD in `out` and is reported.
Unescaped unescape_json(std::string_view raw, Arena& arena, std::string_view& out);

}  // namespace weir
