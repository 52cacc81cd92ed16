// The `weir` command: one file per verb, listed here.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/dataflow.hpp"
#include "app/exit_codes.hpp"
#include "app/text_arguments.hpp"
#include "app/verbs.hpp"

int main(int argc, char** argv) {
  weir::take_signals();
  CLI::App app{"weir: a streaming engine for pooling models (embed, classify, score) between Kafka topics"};
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every verb");
  app.footer(
      "Exit codes: 0 done, 1 failed while running, 64 wrong command line, 75 try again later, 78 wrong configuration.\n"
      "Start with `weir demo`, then `weir check configs/embed.yaml`.");
  int exit_code = weir::exit_ok;
  weir::add_run(app, exit_code);
  weir::add_check(app, exit_code);
  weir::add_graph(app, exit_code);
  weir::add_schema(app, exit_code);
  weir::add_demo(app, exit_code);
  weir::add_encode(app, exit_code);
  weir::add_classify(app, exit_code);
  weir::add_score(app, exit_code);
  weir::add_tokenize(app, exit_code);
  weir::add_produce(app, exit_code);
  weir::add_consume(app, exit_code);
  weir::add_inspect(app, exit_code);
  weir::add_version(app, exit_code);
  try {
    std::vector<std::string> arguments = weir::keep_brackets({argv + 1, argv + argc});
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);  // prints help or the complaint
    return code == 0 ? weir::exit_ok : weir::exit_usage;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "weir: %s\n", e.what());
    return weir::exit_failure;
  }
  return exit_code;
}
