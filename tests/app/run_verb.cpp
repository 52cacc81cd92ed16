#include "tests/app/run_verb.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include "app/exit_codes.hpp"
#include "app/text_arguments.hpp"

namespace weir::test {

Ran run_verb(const std::function<void(CLI::App&, int&)>& add, std::vector<std::string> arguments) {
  CLI::App app{"weir"};
  int code = exit_ok;
  add(app, code);
  arguments = keep_brackets(std::move(arguments));
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError&) {
    code = exit_usage;
  }
  std::fflush(stdout);
  std::fflush(stderr);
  std::string out = testing::internal::GetCapturedStdout();
  return {code, std::move(out), testing::internal::GetCapturedStderr()};
}

}  // namespace weir::test
