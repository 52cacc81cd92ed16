#pragma once

namespace CLI {
class App;
}

namespace weir {

// Each verb adds its subcommand to `app`; when it is the one that runs, it sets `exit_code` (exit_codes.hpp).
void add_check(CLI::App& app, int& exit_code);
void add_graph(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app, int& exit_code);

}  // namespace weir
