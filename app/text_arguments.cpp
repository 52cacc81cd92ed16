#include "app/text_arguments.hpp"

#include <CLI/CLI.hpp>

namespace weir {

std::vector<std::string> keep_brackets(std::vector<std::string> arguments) {
  for (auto& argument : arguments)
    if (argument.starts_with('[') && argument.ends_with(']')) argument.push_back('\0');
  return arguments;
}

CLI::Option* add_texts(CLI::App& verb, std::vector<std::string>& texts, const std::string& description) {
  const auto as_typed = [](std::string& text) {
    if (text.ends_with('\0')) text.pop_back();
    return std::string();
  };
  return verb.add_option("TEXT", texts, description)->transform(CLI::Validator(as_typed, ""));
}

}  // namespace weir
