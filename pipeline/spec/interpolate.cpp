#include "pipeline/spec/interpolate.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace weir {
namespace {

constexpr int max_nesting = 8;  // defaults within defaults

bool is_name(std::string_view text) {
  const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && word(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return word(c) || digit(c); });
}

// The end of `${...` whose inside starts at `from`: the index of its `}`, or npos.
size_t closing(std::string_view text, size_t from) {
  int depth = 1;
  for (size_t i = from; i < text.size(); ++i) {
    if (text[i] == '}' && --depth == 0) return i;
    if (text[i] == '{' && i > 0 && text[i - 1] == '$') ++depth;
  }
  return std::string_view::npos;
}

class Interpolator {
 public:
  Interpolator(YamlNode& node, const SpecContext& context, ErrorList& errors, std::vector<std::string>& secrets)
      : node_(node), context_(context), errors_(errors), secrets_(secrets) {}

  void run() {
    if (auto text = expand(node_.text, 0))
      node_.text = std::move(*text);
    else
      node_.failed = true;
  }

 private:
  std::optional<std::string> expand(std::string_view text, int nesting) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '$' || i + 1 == text.size() || (text[i + 1] != '$' && text[i + 1] != '{')) {
        out += text[i];
      } else if (text[i + 1] == '$') {
        out += '$';
        ++i;
      } else {
        const size_t end = closing(text, i + 2);
        if (end == std::string_view::npos)
          return refuse(text, "`${` without `}`", "close it, or write $$ for a dollar sign");
        const auto value = resolve(text.substr(i + 2, end - i - 2), nesting);
        if (!value) return std::nullopt;
        out += *value;
        i = end;
      }
    }
    return out;
  }

  std::optional<std::string> resolve(std::string_view inside, int nesting) {
    if (inside.substr(0, 5) == "file:") return from_file(std::string(inside.substr(5)));
    const size_t colon = inside.find(':');
    const auto name = inside.substr(0, colon);
    if (!is_name(name))
      return refuse(inside, "not a variable's name",
                    "write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:PATH}");
    const auto value = context_.env ? context_.env(name) : std::nullopt;
    if (colon == std::string_view::npos) {
      if (value) return value;
      return refuse(name, "this environment variable is not set",
                    fmt::format("set it, or give a default: ${{{}:-...}}", name));
    }
    const auto rest = inside.substr(colon + 1);
    if (rest.empty() || (rest[0] != '-' && rest[0] != '?'))
      return refuse(inside, "after a variable's name comes :- or :?", fmt::format("write ${{{}:-default}}", name));
    if (value && !value->empty()) return value;  // as in a shell, `:` treats an empty variable as unset
    if (rest[0] == '?')
      return refuse(name, rest.size() > 1 ? std::string(rest.substr(1)) : "this variable must be set", "");
    if (nesting >= max_nesting) return refuse(inside, "defaults nest too deeply", "");
    return expand(rest.substr(1), nesting + 1);
  }

  std::optional<std::string> from_file(const std::string& path) {
    if (!context_.read_file) return refuse(path, "files cannot be read here", "");
    auto text = context_.read_file(path);
    if (!text)
      return refuse(path, "cannot read this file: " + text.error().message, "make it readable, or correct the path");
    if (!text->empty() && text->back() == '\n') text->pop_back();
    if (!text->empty() && text->back() == '\r') text->pop_back();
    node_.secret = true;
    if (!text->empty()) secrets_.push_back(*text);
    return std::move(*text);
  }

  std::nullopt_t refuse(std::string_view value, std::string message, std::string fix) {
    errors_.add(node_.at, std::string(value), std::move(message), std::move(fix));
    return std::nullopt;
  }

  YamlNode& node_;
  const SpecContext& context_;
  ErrorList& errors_;
  std::vector<std::string>& secrets_;
};

}  // namespace

void interpolate(YamlNode& node, const SpecContext& context, ErrorList& errors, std::vector<std::string>& secrets) {
  if (node.is_scalar() && node.text.find('$') != std::string::npos) Interpolator(node, context, errors, secrets).run();
  for (auto& item : node.items) interpolate(item, context, errors, secrets);
  for (auto& entry : node.entries) interpolate(entry.value, context, errors, secrets);
}

}  // namespace weir
