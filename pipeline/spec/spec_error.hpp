#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

// Where something stands in a YAML file. Lines and columns count from 1, columns in bytes, as compilers and editors do;
// 0: unknown.
struct Place {
  int line = 0;
  int column = 0;
};

// One thing that is wrong with a dataflow file, and what to do about it.
struct SpecError {
  std::string file;
  int line = 0;
  int column = 0;
  std::string value;    // what stands there; empty when nothing does
  std::string message;  // what is wrong
  std::string fix;      // what to write instead; may be empty
};

// `file:line:column: message: 'value'; fix`, one line whatever bytes the value has.
std::string to_string(const SpecError& error);

// Collects the errors of one file.
class ErrorList {
 public:
  explicit ErrorList(std::string file) : file_(std::move(file)) {}

  void add(Place at, std::string value, std::string message, std::string fix = "");

  // Shows *** wherever an error would quote this text.
  void hide(const std::string& secret);

  bool empty() const { return errors_.empty(); }
  // In the order of the file.
  std::vector<SpecError> take();

 private:
  std::string file_;
  std::vector<SpecError> errors_;
  std::vector<std::string> secrets_;
};

// Printable and short: control bytes and invalid UTF-8 as \xNN, cut after `limit` bytes.
std::string printable(std::string_view text, size_t limit = 80);

}  // namespace weir
