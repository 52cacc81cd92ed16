#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace weir {

// CLI11 takes an argument such as "[a, b]" for a list of two. Texts are texts: arguments that look like that get a NUL
// at their end, which no argument has, and `add_texts` takes it off again.
std::vector<std::string> keep_brackets(std::vector<std::string> arguments);

// The positional TEXT..., each as it was typed.
CLI::Option* add_texts(CLI::App& verb, std::vector<std::string>& texts, const std::string& description);

}  // namespace weir
