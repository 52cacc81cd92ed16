#pragma once

#include <string>

namespace CLI {
class App;
}

namespace weir {

// Each verb adds its subcommand to `app`; when it is the one that runs, it sets `exit_code` (exit_codes.hpp).
void add_check(CLI::App& app, int& exit_code);
void add_graph(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app, int& exit_code);
void add_run(CLI::App& app, int& exit_code);
void add_demo(CLI::App& app, int& exit_code);
void add_encode(CLI::App& app, int& exit_code);
void add_classify(CLI::App& app, int& exit_code);
void add_score(CLI::App& app, int& exit_code);
void add_tokenize(CLI::App& app, int& exit_code);
void add_produce(CLI::App& app, int& exit_code);
void add_consume(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
void add_version(CLI::App& app, int& exit_code);

}  // namespace weir
