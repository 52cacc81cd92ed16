#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace weir::test {

struct Ran {
  int code;
  std::string out, err;
};

// Calls a verb as `weir` does with these arguments, the verb's name first; `add` adds the verbs.
Ran run_verb(const std::function<void(CLI::App&, int& exit_code)>& add, std::vector<std::string> arguments);

}  // namespace weir::test
