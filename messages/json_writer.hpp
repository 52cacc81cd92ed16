#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

// Appends JSON to a string on one line. Commas set themselves: before everything that does not follow an opening
// bracket or a colon.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void open(char bracket) {
    separate();
    out_ += bracket;
  }
  void close(char bracket) { out_ += bracket; }

  // `name` needs no escapes.
  JsonWriter& field(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    return *this;
  }

  void string(std::string_view text);  // what is not UTF-8 becomes U+FFFD
  void boolean(bool value) { word(value ? "true" : "false"); }
  void integer(int64_t value) { write(value); }

  // The shortest text that reads back as the same float; with `digits`, at most so many significant ones. JSON has no
  // infinity and no NaN: null.
  void number(float value) {
    if (std::isfinite(value))
      write(value);
    else
      word("null");
  }
  void number(float value, int digits) {
    if (std::isfinite(value))
      write(value, std::chars_format::general, digits);
    else
      word("null");
  }

  // A JSON text as it is, but on one line: between tokens a line feed is a space, and strings have none.
  void json(std::string_view text);

  void base64(std::string_view bytes);

 private:
  void separate() {
    if (out_.empty()) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_ += ',';
  }
  void word(std::string_view text) {
    separate();
    out_ += text;
  }
  template <typename... T>
  void write(T... number) {
    separate();
    char digits[32];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, number...).ptr);
  }

  std::string& out_;
};

}  // namespace weir
