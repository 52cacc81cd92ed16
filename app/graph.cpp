#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/exit_codes.hpp"
#include "app/spec_context.hpp"
#include "app/verbs.hpp"
#include "pipeline/spec/describe.hpp"
#include "pipeline/spec/load.hpp"

namespace weir {

void add_graph(CLI::App& app, int& exit_code) {
  struct GraphOptions {
    std::string file;
    std::string format = "mermaid";
  };
  auto* verb = app.add_subcommand("graph", "Draw a dataflow file as a graph");
  auto options = std::make_shared<GraphOptions>();
  verb->add_option("FILE", options->file, "Dataflow file (YAML)")->required();
  verb->add_option("--format", options->format, "mermaid or dot")
      ->check(CLI::IsMember({"mermaid", "dot"}))
      ->capture_default_str();
  verb->footer(
      "Examples:\n  weir graph configs/embed.yaml\n  weir graph --format dot configs/embed.yaml | dot -Tsvg > "
      "embed.svg");
  verb->callback([options, &exit_code] {
    const auto plan = load_plan_file(options->file, spec_context({}));
    if (plan) {
      fmt::print("{}", draw(*plan, options->format == "dot" ? Drawing::dot : Drawing::mermaid));
      return;
    }
    for (const auto& error : plan.error()) fmt::print(stderr, "{}\n", to_string(error));
    exit_code = exit_config;
  });
}

}  // namespace weir
